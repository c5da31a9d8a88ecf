"""Where it is said what a column that is left out looks like."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0021_fill_decided_at")]

    operations = [
        migrations.AlterField(
            "batch",
            "unused",
            models.JSONField(
                db_default=[],
                default=list,
                help_text="Columns that the plan leaves out: see run.planning.Unused.",
            ),
        ),
    ]
