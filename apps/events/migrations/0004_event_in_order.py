from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """For the feed: one company's events by their position."""

    atomic = False  # so that writers don't wait
    dependencies = [("events", "0003_version")]

    operations = [
        AddIndexConcurrently(
            "event",
            models.Index(
                fields=["company_id", "position"],
                name="event_in_order",
                condition=models.Q(position__isnull=False),
            ),
        ),
    ]
