from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # so that writers don't wait
    dependencies = [("inventory", "0011_indexes_of_the_api")]

    operations = [
        AddIndexConcurrently(
            "asset",
            models.Index(
                condition=models.Q(("state", "STORAGE")),
                fields=["company", "product", "address"],
                name="asset_stock",
            ),
        )
    ]
