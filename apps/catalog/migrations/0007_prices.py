import django.db.models.deletion
from django.db import migrations, models

import apps.core.ids
import apps.core.money
import apps.core.tenancy
from apps.core.tenancy import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0006_product_by_change"),
        ("companies", "0004_language"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProductPrice",
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
                (
                    "is_special",
                    models.BooleanField(
                        default=False,
                        help_text="Agreed with this company: publishing leaves it as it is.",
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["product", "currency", "country"],
            },
        ),
        migrations.CreateModel(
            name="ServicePrice",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("OFFBOARDING", "Offboarding"),
                            ("COLLECTION", "Collection"),
                            ("REDEPLOYMENT", "Redeployment"),
                            ("STANDARD_DELIVERY", "Standard delivery of an order"),
                            ("EXPRESS_DELIVERY", "Express delivery of an order"),
                        ],
                        max_length=32,
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        max_length=3, validators=[apps.core.money.check_code]
                    ),
                ),
                ("amount", apps.core.money.AmountField()),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["kind", "country", "currency"],
            },
        ),
        migrations.AddField(
            model_name="productprice",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.company",
            ),
        ),
        migrations.AddField(
            model_name="productprice",
            name="country",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="Empty: in every country without a price of its own.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.country",
            ),
        ),
        migrations.AddField(
            model_name="productprice",
            name="product",
            field=apps.core.tenancy.TenantForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="prices",
                to="catalog.product",
            ),
        ),
        migrations.AddField(
            model_name="serviceprice",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.company",
            ),
        ),
        migrations.AddField(
            model_name="serviceprice",
            name="country",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.country",
            ),
        ),
        migrations.AddConstraint(
            model_name="productprice",
            constraint=models.UniqueConstraint(
                fields=("company", "id"), name="productprice_company_id_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="productprice",
            constraint=models.UniqueConstraint(
                fields=("product", "currency", "country"),
                name="productprice_one_per_list",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="productprice",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)), name="productprice_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceprice",
            constraint=models.UniqueConstraint(
                fields=("company", "id"), name="serviceprice_company_id_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceprice",
            constraint=models.UniqueConstraint(
                fields=("company", "kind", "country", "currency"),
                name="serviceprice_one_per_list",
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceprice",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)), name="serviceprice_not_negative"
            ),
        ),
        AddTenantForeignKey("productprice", "product"),
    ]
