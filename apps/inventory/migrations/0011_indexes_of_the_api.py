from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False  # so that writers don't wait
    dependencies = [("inventory", "0010_is_new")]

    operations = [
        AddIndexConcurrently(
            "asset",
            models.Index(
                fields=["company", "updated_at", "id"], name="asset_by_change"
            ),
        ),
        AddIndexConcurrently(
            "asset",
            models.Index(
                fields=["company", "-created_at", "-id"],
                condition=Q(address__isnull=False),
                name="asset_newest_at_places",
            ),
        ),
        AddIndexConcurrently(
            "asset",
            models.Index(
                fields=["company", "-created_at", "-id"],
                condition=Q(user__isnull=False),
                name="asset_newest_at_people",
            ),
        ),
    ]
