from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0002_countries_and_platform"),
        ("notifications", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("event_type", "user.invited")),
                fields=["recipient", "created_at"],
                name="message_invitations",
            ),
        ),
    ]
