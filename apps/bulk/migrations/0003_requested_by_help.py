"""It is said in the words of the field who requested a job."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bulk", "0002_tenant_foreign_keys")]

    operations = [
        migrations.AlterField(
            "bulkjob",
            "asked_by",
            models.UUIDField(
                help_text="Who requested it; the worker acts as them.", null=True
            ),
        ),
        migrations.AlterField(
            "bulkjob",
            "language",
            models.CharField(
                help_text="Of the person who requested it; refusals are written in it.",
                max_length=16,
            ),
        ),
    ]
