from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # so that writers don't wait

    dependencies = [("imports", "0013_told")]

    operations = [
        AddIndexConcurrently(
            "batchrow",
            models.Index(
                fields=["company", "target_id"],
                name="batch_row_changed",
                condition=models.Q(before__isnull=False),
            ),
        )
    ]
