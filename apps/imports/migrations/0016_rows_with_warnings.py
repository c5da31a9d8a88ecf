from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # so that writers don't wait

    dependencies = [("imports", "0015_warnings")]

    operations = [
        AddIndexConcurrently(
            "batchrow",
            models.Index(
                fields=["batch", "line"],
                name="batch_row_warned",
                condition=~models.Q(warnings=[]),
            ),
        )
    ]
