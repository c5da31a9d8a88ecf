import django.db.models.deletion
from django.db import migrations, models

import apps.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0002_countries_and_platform"),
        ("imports", "0006_drop_applied_at_and_unknowns"),
    ]

    operations = [
        migrations.CreateModel(
            name="RememberedColumns",
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
                ("kind", models.CharField(max_length=16)),
                ("headers_sha256", models.CharField(max_length=64)),
                ("mapping", models.JSONField(default=dict)),
                ("answers", models.JSONField(default=dict)),
                ("confirmed_at", models.DateTimeField()),
                ("confirmed_by", models.UUIDField(null=True)),
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
                "verbose_name": "remembered columns",
                "verbose_name_plural": "remembered columns",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "headers_sha256", "kind"),
                        name="remembered_columns_once",
                    )
                ],
            },
        ),
    ]
