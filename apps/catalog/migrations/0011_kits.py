from decimal import Decimal

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import apps.core.ids
import apps.core.tenancy
from apps.core.tenancy import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0010_layouts_and_warranties"),
        ("companies", "0004_language"),
    ]

    operations = [
        migrations.CreateModel(
            name="Kit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=apps.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="KitSlot",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=apps.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("LAPTOP", "Laptop"),
                            ("DESKTOP", "Desktop"),
                            ("MONITOR", "Monitor"),
                            ("PHONE", "Phone"),
                            ("TABLET", "Tablet"),
                            ("KEYBOARD", "Keyboard"),
                            ("MOUSE", "Mouse"),
                            ("HEADSET", "Headset"),
                            ("DOCK", "Docking station"),
                            ("PRINTER", "Printer"),
                            ("NETWORK", "Network device"),
                            ("SERVER", "Server"),
                            ("ACCESSORY", "Accessory"),
                            ("OTHER", "Other"),
                        ],
                        max_length=16,
                    ),
                ),
                ("quantity", models.PositiveSmallIntegerField(default=1)),
                (
                    "minimum_condition",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=3
                    ),
                ),
                (
                    "preferred_manufacturer",
                    models.CharField(blank=True, max_length=128),
                ),
            ],
            options={
                "ordering": ["kit", "position"],
            },
        ),
        migrations.AddField(
            model_name="kit",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.company",
            ),
        ),
        migrations.AddField(
            model_name="kitslot",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.company",
            ),
        ),
        migrations.AddField(
            model_name="kitslot",
            name="fallback_product",
            field=apps.core.tenancy.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="kit_slots",
                to="catalog.product",
            ),
        ),
        migrations.AddField(
            model_name="kitslot",
            name="kit",
            field=apps.core.tenancy.TenantForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="slots",
                to="catalog.kit",
            ),
        ),
        migrations.AddConstraint(
            model_name="kit",
            constraint=models.UniqueConstraint(
                fields=("company", "id"), name="kit_company_id_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="kit",
            constraint=models.UniqueConstraint(
                models.F("company"),
                django.db.models.functions.text.Lower("name"),
                name="kit_name_per_company",
            ),
        ),
        migrations.AddConstraint(
            model_name="kitslot",
            constraint=models.UniqueConstraint(
                fields=("company", "id"), name="kitslot_company_id_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="kitslot",
            constraint=models.UniqueConstraint(
                fields=("kit", "position"), name="kitslot_one_per_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="kitslot",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__range", (1, 100))),
                name="kitslot_quantity",
            ),
        ),
        migrations.AddConstraint(
            model_name="kitslot",
            constraint=models.CheckConstraint(
                condition=models.Q(("minimum_condition__range", (0, 1))),
                name="kitslot_condition_between_0_and_1",
            ),
        ),
        AddTenantForeignKey("kitslot", "kit"),
        AddTenantForeignKey("kitslot", "fallback_product"),
    ]
