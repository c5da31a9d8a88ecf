import django.db.models.deletion
from django.db import migrations, models

import apps.core.ids
import apps.core.tenancy
from apps.core.tenancy import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0009_row_counts"),
        ("files", "0002_erased"),
        ("inventory", "0013_count_assets"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
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
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "removed_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When it was taken away; its bytes are deleted soon after.",
                        null=True,
                    ),
                ),
                (
                    "asset",
                    apps.core.tenancy.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="inventory.asset",
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
                    "file",
                    apps.core.tenancy.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.file",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["company", "asset", "-id"], name="attachment_by_asset"
                    ),
                    models.Index(
                        condition=models.Q(("removed_at__isnull", False)),
                        fields=["id"],
                        name="attachment_removed",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="attachment_company_id_key"
                    )
                ],
            },
        ),
        AddTenantForeignKey("Attachment", "asset"),
        AddTenantForeignKey("Attachment", "file"),
    ]
