"""Rows whose keys disagree have a verdict of their own. Choices only: no table is
written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0016_rows_with_warnings")]

    operations = [
        migrations.AlterField(
            "batchrow",
            "verdict",
            models.CharField(
                blank=True,
                choices=[
                    ("CREATE", "Create"),
                    ("CHANGE", "Change"),
                    ("REHIRE", "Comes back"),
                    ("SAME", "Same"),
                    ("CONFLICT", "Conflict"),
                    ("AMBIGUOUS", "Ambiguous"),
                    ("REFUSED", "Refused"),
                ],
                max_length=16,
            ),
        )
    ]
