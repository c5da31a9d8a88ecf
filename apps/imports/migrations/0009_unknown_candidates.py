from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0008_read_by_a_worker")]

    operations = [
        migrations.AddField(
            "unknown",
            "candidates",
            models.JSONField(
                default=list,
                db_default=[],
                help_text="What may be meant: the same name but for accents.",
            ),
        )
    ]
