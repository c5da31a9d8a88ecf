import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import apps.core.ids
import apps.core.money


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0005_contacts_of_places"),
    ]

    operations = [
        migrations.CreateModel(
            name="Entity",
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
                ("legal_name", models.CharField(max_length=255)),
                ("street", models.CharField(blank=True, max_length=255)),
                ("street2", models.CharField(blank=True, max_length=255)),
                ("city", models.CharField(blank=True, max_length=128)),
                ("region", models.CharField(blank=True, max_length=128)),
                ("postal_code", models.CharField(blank=True, max_length=32)),
                ("invoicing_email", models.EmailField(blank=True, max_length=254)),
                (
                    "currency",
                    models.CharField(
                        max_length=3, validators=[apps.core.money.check_code]
                    ),
                ),
                ("vat_id", models.CharField(blank=True, max_length=32)),
                (
                    "is_vat_validated",
                    models.BooleanField(
                        default=False, help_text="Whether VIES knows the VAT number."
                    ),
                ),
                (
                    "is_default",
                    models.BooleanField(
                        default=False, help_text="Invoiced if nothing else is chosen."
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.country",
                    ),
                ),
            ],
            options={
                "verbose_name": "legal entity",
                "verbose_name_plural": "legal entities",
                "ordering": ["legal_name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="entity_company_id_key"
                    ),
                    models.UniqueConstraint(
                        models.F("company"),
                        django.db.models.functions.text.Lower("legal_name"),
                        condition=models.Q(("is_active", True)),
                        name="entity_name_per_company",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("is_active", True), models.Q(("vat_id", ""), _negated=True)
                        ),
                        fields=("company", "vat_id"),
                        name="entity_vat_id_per_company",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("company",),
                        name="entity_one_default",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_active", True), ("is_default", False), _connector="OR"
                        ),
                        name="entity_default_is_active",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_vat_validated", False),
                            models.Q(("vat_id", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="entity_validated_has_vat_id",
                    ),
                ],
            },
        ),
    ]
