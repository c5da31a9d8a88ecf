from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # so that writers don't wait
    dependencies = [("inventory", "0004_fold_search_text")]

    operations = [
        AddIndexConcurrently(
            "asset",
            GinIndex(
                OpClass("search_text", name="gin_trgm_ops"), name="asset_search_trgm"
            ),
        )
    ]
