import django.db.models.deletion
from django.db import migrations, models

import apps.core.ids
import apps.core.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0009_row_counts"),
        ("files", "0002_erased"),
        ("inventory", "0017_by_last_step"),
    ]

    operations = [
        migrations.CreateModel(
            name="Comment",
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
                    "author_id",
                    models.UUIDField(
                        help_text="The person who wrote it; empty: the system.",
                        null=True,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
            },
        ),
        migrations.AddField(
            model_name="attachment",
            name="created_by",
            field=models.UUIDField(
                blank=True, help_text="Who added it; empty: the system.", null=True
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="is_picture",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Pages show the device by it.",
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="kind",
            field=models.CharField(
                choices=[
                    ("RECEIPT", "Receipt"),
                    ("PHOTO", "Photo"),
                    ("HANDOVER", "Handover form"),
                    ("OTHER", "Other"),
                ],
                db_default="OTHER",
                default="OTHER",
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_picture", True)),
                fields=("asset",),
                name="attachment_one_picture_an_asset",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="asset",
            field=apps.core.tenancy.TenantForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="inventory.asset",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.company",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                fields=["company", "asset", "-id"], name="comment_by_asset"
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                fields=["company", "author_id"], name="comment_by_author"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.UniqueConstraint(
                fields=("company", "id"), name="comment_company_id_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("removed_at__isnull", True), ("text", ""), _connector="XOR"
                ),
                name="comment_says_something_or_is_removed",
            ),
        ),
        apps.core.tenancy.AddTenantForeignKey("Comment", "asset"),
    ]
