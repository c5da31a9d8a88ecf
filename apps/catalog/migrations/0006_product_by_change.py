from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # so that writers don't wait
    dependencies = [("catalog", "0005_product_keys")]

    operations = [
        AddIndexConcurrently(
            "product",
            models.Index(
                fields=["company", "updated_at", "id"], name="product_by_change"
            ),
        )
    ]
