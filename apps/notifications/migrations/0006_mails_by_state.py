from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Concat

from apps.core.folding import Fold

SEARCHED = Fold(
    Concat("recipient", models.Value(" "), "subject", output_field=models.TextField())
)


class Migration(migrations.Migration):
    atomic = False  # so that writers don't wait
    dependencies = [("notifications", "0005_written_when_sent")]

    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(fields=["company", "state", "-id"], name="message_by_state"),
        ),
        AddIndexConcurrently(
            "message",
            GinIndex(OpClass(SEARCHED, name="gin_trgm_ops"), name="message_search"),
        ),
    ]
