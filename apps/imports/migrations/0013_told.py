"""Why something failed or stayed is kept as a code with parameters. The columns stay
texts, so that this writes no table: what they hold is read as it stands."""

from django.db import migrations

from apps.core.told import ToldField


class Migration(migrations.Migration):
    dependencies = [("imports", "0012_chunks_are_attempted")]

    operations = [
        migrations.AlterField("batch", "error", ToldField(blank=True)),
        migrations.AlterField(
            "batchrow",
            "kept",
            ToldField(
                blank=True, db_default="", help_text="Why it could not be undone."
            ),
        ),
        migrations.AlterField(
            "made",
            "kept",
            ToldField(
                blank=True, db_default="", help_text="Why it could not be undone."
            ),
        ),
        migrations.AlterField(
            "unknown",
            "note",
            ToldField(blank=True, help_text="What else the file says of it."),
        ),
    ]
