from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # so that writers don't wait
    dependencies = [("accounts", "0004_fold_search_text")]

    operations = [
        AddIndexConcurrently(
            "user",
            GinIndex(
                OpClass("search_text", name="gin_trgm_ops"), name="user_search_trgm"
            ),
        )
    ]
