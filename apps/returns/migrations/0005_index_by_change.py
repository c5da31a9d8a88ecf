from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # so that writers don't wait
    dependencies = [("returns", "0004_moments_from_the_history")]

    operations = [
        AddIndexConcurrently(
            "return",
            models.Index(
                fields=["company", "kind", "-created_at", "-id"],
                name="return_newest_of_kind",
            ),
        ),
        AddIndexConcurrently(
            "return",
            models.Index(
                fields=["company", "kind", "updated_at", "id"], name="return_by_change"
            ),
        ),
    ]
