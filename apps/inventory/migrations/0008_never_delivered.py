from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0007_cost_centre"),
    ]

    operations = [
        migrations.AlterField(
            model_name="asset",
            name="archive_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("RETIRED", "Retired"),
                    ("GIVEN_AWAY", "Given away"),
                    ("SOLD", "Sold"),
                    ("LOST", "Lost"),
                    ("STOLEN", "Stolen"),
                    ("WRITTEN_OFF", "Written off"),
                    ("NOT_DELIVERED", "Never delivered"),
                ],
                max_length=16,
            ),
        ),
        migrations.RemoveConstraint(
            model_name="asset",
            name="asset_can_be_told_apart",
        ),
        AddConstraintNotValid(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=Q(state="ORDERED")
                | Q(archive_reason="NOT_DELIVERED")
                | ~Q(serial_number="")
                | ~Q(asset_tag=""),
                name="asset_can_be_told_apart",
            ),
        ),
    ]
