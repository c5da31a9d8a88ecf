"""What a person decided is told from what is usual."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0019_discarded")]

    operations = [
        migrations.AddField(
            "unknown",
            "decided_at",
            models.DateTimeField(
                null=True,
                help_text="By a person, here or of an earlier file; else it is as "
                "usual.",
            ),
        ),
    ]
