from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # so that writers don't wait
    dependencies = [("inventory", "0016_keys_as_written")]

    operations = [
        AddIndexConcurrently(
            "asset",
            models.Index(
                fields=["company", "held_since", "id"], name="asset_by_last_step"
            ),
        ),
    ]
