from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_api_sessions_and_tokens"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="street2",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=255
            ),
        ),
    ]
