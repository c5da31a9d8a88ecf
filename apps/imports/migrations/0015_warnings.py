from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0014_changed_rows_by_target")]

    operations = [
        migrations.AddField(
            "batch",
            "warned_rows",
            models.PositiveIntegerField(
                db_default=0,
                default=0,
                help_text="Rows of which a cell is left out or looks damaged.",
            ),
        ),
        migrations.AddField(
            "batchrow",
            "warnings",
            models.JSONField(db_default=[], default=list),
        ),
    ]
