from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Reads the rows while they are written: not in the transaction that locks them."""

    dependencies = [
        ("inventory", "0008_never_delivered"),
    ]

    operations = [
        ValidateConstraint(model_name="asset", name="asset_can_be_told_apart"),
    ]
