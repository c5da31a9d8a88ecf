from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="file",
            name="erased_at",
            field=models.DateTimeField(
                help_text="When its bytes were deleted, as somebody in it was erased.",
                null=True,
            ),
        ),
    ]
