"""Columns that a plan leaves out, with the rows that fill them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0017_conflicts")]

    operations = [
        migrations.AddField(
            "batch",
            "unused",
            models.JSONField(
                db_default=[],
                default=list,
                help_text="Columns that the plan leaves out: see run.unused.Unused.",
            ),
        )
    ]
