import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import apps.core.folding
import apps.core.ids
import apps.core.money
import apps.core.tenancy


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0014_tags_of_people"),
        ("catalog", "0012_keyboard_layouts"),
        ("companies", "0008_company_video"),
        ("inventory", "0009_never_delivered_checked"),
        ("shipping", "0002_tenant_foreign_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Order",
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
                ("reference", models.CharField(max_length=16, unique=True)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("NEW_EMPLOYEE", "For a new employee"),
                            ("ASSIGN_EXISTING", "For an employee"),
                            ("COMPANY", "For an office"),
                            ("ONBOARDING", "Onboarding set"),
                            ("TEQUIPY_WAREHOUSE", "For storage in a warehouse"),
                        ],
                        max_length=32,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ONBOARDING_SET", "Waiting for approval"),
                            ("PAYMENT_PENDING", "Waiting for payment"),
                            ("PAYMENT_FAILED", "Payment failed"),
                            ("RECEIVED", "Received"),
                            ("PREPARING", "Being prepared"),
                            ("AWAITING_CTO_ORDER", "Being built to order"),
                            ("SENT", "Sent"),
                            ("OUT_FOR_DELIVERY", "Out for delivery"),
                            ("DELIVERY_FAILED", "Delivery failed"),
                            ("DELIVERED", "Delivered"),
                            ("DECLINED", "Declined"),
                            ("ARCHIVED", "Archived"),
                            ("DELETED", "Deleted"),
                        ],
                        max_length=32,
                    ),
                ),
                ("full_name", models.CharField(blank=True, max_length=257)),
                ("phone", models.CharField(blank=True, max_length=64)),
                ("street", models.CharField(blank=True, max_length=255)),
                ("street2", models.CharField(blank=True, max_length=255)),
                ("city", models.CharField(blank=True, max_length=128)),
                ("region", models.CharField(blank=True, max_length=128)),
                ("postal_code", models.CharField(blank=True, max_length=32)),
                ("contact_name", models.CharField(blank=True, max_length=257)),
                ("contact_email", models.EmailField(blank=True, max_length=254)),
                ("contact_phone", models.CharField(blank=True, max_length=64)),
                ("notes", models.TextField(blank=True)),
                ("purchase_order_number", models.CharField(blank=True, max_length=128)),
                (
                    "delivery_type",
                    models.CharField(
                        choices=[("STANDARD", "Standard"), ("EXPRESS", "Express")],
                        default="STANDARD",
                        max_length=16,
                    ),
                ),
                ("start_on", models.DateField(blank=True, null=True)),
                (
                    "currency",
                    models.CharField(
                        max_length=3, validators=[apps.core.money.check_code]
                    ),
                ),
                ("delivery_price", apps.core.money.AmountField()),
                (
                    "total",
                    apps.core.money.AmountField(
                        help_text="Of all lines, with the delivery."
                    ),
                ),
                (
                    "payment_method",
                    models.CharField(
                        choices=[("CREDIT_LINE", "On account"), ("STRIPE", "By card")],
                        default="CREDIT_LINE",
                        max_length=16,
                    ),
                ),
                (
                    "payment_source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("GB", "United Kingdom"),
                            ("EU", "European Union"),
                            ("US", "United States"),
                        ],
                        max_length=8,
                    ),
                ),
                ("invoiced_at", models.DateTimeField(blank=True, null=True)),
                ("paid_at", models.DateTimeField(blank=True, null=True)),
                ("is_delayed", models.BooleanField(default=False)),
                (
                    "delay_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("AWAITING_STOCK", "Waiting for stock"),
                            ("CTO_BUILD_TIME", "Being built to order takes longer"),
                            ("COURIER_ISSUES", "The carrier has a problem"),
                            ("REMOTE_DELIVERY_ADDRESS", "The address is remote"),
                            ("INCOMPLETE_ADDRESS", "The address is incomplete"),
                            ("HOLIDAY_PERIOD", "Holidays"),
                        ],
                        max_length=32,
                    ),
                ),
                (
                    "delivery_failure_reason",
                    models.CharField(blank=True, max_length=255),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("out_for_delivery_at", models.DateTimeField(blank=True, null=True)),
                ("delivery_failed_at", models.DateTimeField(blank=True, null=True)),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "search_text",
                    models.GeneratedField(
                        db_persist=True,
                        expression=apps.core.folding.Fold(
                            django.db.models.functions.text.Concat(
                                "reference",
                                models.Value(" "),
                                "purchase_order_number",
                                models.Value(" "),
                                "full_name",
                                output_field=models.TextField(),
                            )
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "address",
                    apps.core.tenancy.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="companies.address",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                (
                    "country",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.country",
                    ),
                ),
                (
                    "entity",
                    apps.core.tenancy.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="companies.entity",
                    ),
                ),
                (
                    "user",
                    apps.core.tenancy.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="accounts.user",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OrderLine",
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
                ("quantity", models.PositiveIntegerField()),
                (
                    "unit_price",
                    apps.core.money.AmountField(
                        help_text="In the currency of the order."
                    ),
                ),
                ("updated_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                (
                    "keyboard_layout",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.keyboardlayout",
                    ),
                ),
                (
                    "order",
                    apps.core.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="orders.order",
                    ),
                ),
                (
                    "product",
                    apps.core.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_lines",
                        to="catalog.product",
                    ),
                ),
                (
                    "warranty",
                    apps.core.tenancy.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.warranty",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="OrderUnit",
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
                    "asset",
                    apps.core.tenancy.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_units",
                        to="inventory.asset",
                    ),
                ),
                (
                    "claim",
                    apps.core.tenancy.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="inventory.claim",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                (
                    "line",
                    apps.core.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="units",
                        to="orders.orderline",
                    ),
                ),
                (
                    "shipment",
                    apps.core.tenancy.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_units",
                        to="shipping.shipment",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="BankAccount",
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
                    "source",
                    models.CharField(
                        choices=[
                            ("GB", "United Kingdom"),
                            ("EU", "European Union"),
                            ("US", "United States"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        max_length=3, validators=[apps.core.money.check_code]
                    ),
                ),
                ("receiver", models.CharField(max_length=255)),
                ("street", models.CharField(blank=True, max_length=255)),
                ("city", models.CharField(blank=True, max_length=128)),
                ("region", models.CharField(blank=True, max_length=128)),
                ("postal_code", models.CharField(blank=True, max_length=32)),
                (
                    "iban",
                    models.CharField(blank=True, max_length=34, verbose_name="IBAN"),
                ),
                (
                    "bic",
                    models.CharField(blank=True, max_length=11, verbose_name="BIC"),
                ),
                ("account_number", models.CharField(blank=True, max_length=34)),
                ("sort_code", models.CharField(blank=True, max_length=16)),
                (
                    "country",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.country",
                    ),
                ),
            ],
            options={
                "ordering": ["source", "currency"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "currency"),
                        name="bank_account_one_per_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("iban", ""), _negated=True),
                            models.Q(("account_number", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="bank_account_can_be_paid_to",
                        violation_error_message="Enter an IBAN or an account number.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditLine",
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
                (
                    "limit",
                    apps.core.money.AmountField(
                        blank=True, help_text="Empty: without limit.", null=True
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
            ],
            options={
                "ordering": ["company", "currency"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="credit_line_company_id_key"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "currency"),
                        name="credit_line_one_per_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("limit__isnull", True), ("limit__gte", 0), _connector="OR"
                        ),
                        name="credit_line_not_negative",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["company", "-created_at", "-id"], name="order_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["company", "state", "-created_at", "-id"], name="order_by_state"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["company", "updated_at", "id"], name="order_by_change"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(
                    ("cancelled_at__isnull", True),
                    ("paid_at__isnull", True),
                    ("payment_method", "CREDIT_LINE"),
                ),
                fields=["company", "currency"],
                include=("total", "state"),
                name="order_owed",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    "search_text", name="gin_trgm_ops"
                ),
                name="order_search_trgm",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                fields=("company", "id"), name="order_company_id_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("user__isnull", True), ("address__isnull", True), _connector="XOR"
                ),
                name="order_for_a_person_or_a_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("user__isnull", True),
                    ("type__in", ["NEW_EMPLOYEE", "ASSIGN_EXISTING", "ONBOARDING"]),
                    _connector="XOR",
                ),
                name="order_type_fits_its_target",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("delivery_price__gte", 0),
                    ("total__gte", models.F("delivery_price")),
                    models.Q(("currency", ""), _negated=True),
                ),
                name="order_costs_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_delayed", True), ("delay_reason", ""), _connector="OR"
                ),
                name="order_reason_of_a_delay",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("country__isnull", False),
                    ("state", "ONBOARDING_SET"),
                    ("cancelled_at__isnull", False),
                    _connector="OR",
                ),
                name="order_placed_has_a_country",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "DECLINED"), _negated=True),
                    ("cancelled_at__isnull", False),
                    _connector="OR",
                ),
                name="order_declined_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.UniqueConstraint(
                fields=("company", "id"), name="order_line_company_id_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="order_line_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit_price__gte", 0)),
                name="order_line_price_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderunit",
            constraint=models.UniqueConstraint(
                fields=("company", "id"), name="order_unit_company_id_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderunit",
            constraint=models.UniqueConstraint(
                fields=("asset",), name="order_unit_one_per_asset"
            ),
        ),
    ]
