import django.db.models.deletion
from django.db import migrations, models

import apps.core.ids
import apps.core.money
import apps.core.tenancy
from apps.core.tenancy import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0009_product_without_price"),
        ("companies", "0004_language"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeyboardLayout",
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
                ("code", models.CharField(max_length=16, unique=True)),
                ("name", models.CharField(max_length=64)),
                (
                    "is_active",
                    models.BooleanField(default=True, help_text="It can be ordered."),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Warranty",
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
                (
                    "category",
                    models.CharField(
                        blank=True,
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
                ("months", models.PositiveSmallIntegerField()),
                (
                    "is_active",
                    models.BooleanField(default=True, help_text="It can be ordered."),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name_plural": "warranties",
                "ordering": ["months"],
            },
        ),
        migrations.CreateModel(
            name="WarrantyPrice",
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
                (
                    "currency",
                    models.CharField(
                        max_length=3, validators=[apps.core.money.check_code]
                    ),
                ),
                ("amount", apps.core.money.AmountField()),
            ],
            options={
                "ordering": ["warranty", "currency"],
            },
        ),
        migrations.AddField(
            model_name="warranty",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.company",
            ),
        ),
        migrations.AddField(
            model_name="warranty",
            name="product",
            field=apps.core.tenancy.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="warranties",
                to="catalog.product",
            ),
        ),
        migrations.AddField(
            model_name="warrantyprice",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.company",
            ),
        ),
        migrations.AddField(
            model_name="warrantyprice",
            name="warranty",
            field=apps.core.tenancy.TenantForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="prices",
                to="catalog.warranty",
            ),
        ),
        migrations.AddConstraint(
            model_name="warranty",
            constraint=models.UniqueConstraint(
                fields=("company", "id"), name="warranty_company_id_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="warranty",
            constraint=models.UniqueConstraint(
                fields=("company", "product", "category", "months"),
                name="warranty_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="warranty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("product__isnull", True), ("category", ""), _connector="XOR"
                ),
                name="warranty_of_product_or_category",
            ),
        ),
        migrations.AddConstraint(
            model_name="warranty",
            constraint=models.CheckConstraint(
                condition=models.Q(("months__range", (1, 120))), name="warranty_months"
            ),
        ),
        migrations.AddConstraint(
            model_name="warrantyprice",
            constraint=models.UniqueConstraint(
                fields=("company", "id"), name="warrantyprice_company_id_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="warrantyprice",
            constraint=models.UniqueConstraint(
                fields=("warranty", "currency"), name="warrantyprice_one_per_currency"
            ),
        ),
        migrations.AddConstraint(
            model_name="warrantyprice",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)),
                name="warrantyprice_not_negative",
            ),
        ),
        AddTenantForeignKey("warranty", "product"),
        AddTenantForeignKey("warrantyprice", "warranty"),
    ]
