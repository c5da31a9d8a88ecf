import django.db.models.deletion
from django.db import migrations, models

import apps.core.ids
import apps.core.tenancy
from apps.core.tenancy import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_second_line_of_street"),
        ("companies", "0007_tags"),
    ]

    operations = [
        migrations.CreateModel(
            name="UserTag",
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
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                (
                    "tag",
                    apps.core.tenancy.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="user_tags",
                        to="companies.tag",
                    ),
                ),
                (
                    "user",
                    apps.core.tenancy.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="user_tags",
                        to="accounts.user",
                    ),
                ),
            ],
            options={
                "verbose_name": "tag of a person",
                "verbose_name_plural": "tags of people",
                "indexes": [
                    models.Index(fields=["tag", "user"], name="user_tag_by_tag")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="user_tag_company_id_key"
                    ),
                    models.UniqueConstraint(
                        fields=("user", "tag"), name="user_tag_once"
                    ),
                ],
            },
        ),
        AddTenantForeignKey("usertag", "user"),
        AddTenantForeignKey("usertag", "tag"),
    ]
