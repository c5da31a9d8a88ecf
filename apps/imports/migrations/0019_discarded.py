"""An upload or a plan may be thrown away."""

from django.db import migrations, models

STATES = [
    ("READING", "Being read"),
    ("UPLOADED", "Columns to be checked"),
    ("PLANNING", "Being planned"),
    ("PLANNED", "Ready to apply"),
    ("APPLYING", "Being applied"),
    ("APPLIED", "Applied"),
    ("STOPPED", "Stopped"),
    ("FAILED", "Failed"),
    ("UNDOING", "Being undone"),
    ("UNDO_STOPPED", "Half undone"),
    ("UNDONE", "Undone"),
    ("DISCARDED", "Discarded"),
]


class Migration(migrations.Migration):
    dependencies = [("imports", "0018_unused_columns")]

    operations = [
        migrations.AlterField(
            "batch",
            "state",
            models.CharField(max_length=16, choices=STATES, default="UPLOADED"),
        ),
    ]
