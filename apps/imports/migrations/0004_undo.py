import django.db.models.deletion
from django.db import migrations, models

import apps.core.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0002_countries_and_platform"),
        ("imports", "0003_who_asked"),
    ]

    operations = [
        migrations.CreateModel(
            name="Made",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=16)),
                ("target_id", models.UUIDField()),
                ("value", models.TextField(help_text="The name as people read it.")),
                (
                    "version",
                    models.DateTimeField(help_text="How applying left it.", null=True),
                ),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "kept",
                    models.TextField(
                        blank=True,
                        db_default="",
                        help_text="Why it could not be undone.",
                    ),
                ),
            ],
            options={
                "ordering": ["batch", "id"],
            },
        ),
        migrations.CreateModel(
            name="Unknown",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=16)),
                ("key", models.TextField()),
                ("value", models.TextField(help_text="The name as people read it.")),
                (
                    "note",
                    models.TextField(
                        blank=True, help_text="What else the file says of it."
                    ),
                ),
                ("rows", models.PositiveIntegerField(default=0)),
                ("may_create", models.BooleanField(default=True)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("CREATE", "Create it"),
                            ("USE", "Use an existing one"),
                            ("REFUSE", "Refuse its rows"),
                        ],
                        max_length=16,
                    ),
                ),
                ("use_id", models.UUIDField(null=True)),
                (
                    "use_text",
                    models.TextField(blank=True, help_text="The existing one's name."),
                ),
            ],
            options={
                "ordering": ["batch", "id"],
            },
        ),
        migrations.AddField(
            model_name="batch",
            name="applied_line",
            field=models.PositiveIntegerField(
                default=0, help_text="Rows up to this line have been applied."
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="facets",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="batch",
            name="kept_rows",
            field=models.PositiveIntegerField(
                default=0, help_text="Rows that could not be undone."
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="undone_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="batch",
            name="undone_line",
            field=models.PositiveIntegerField(
                help_text="Rows from this line on have been undone.", null=True
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="undone_rows",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="before",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="kept",
            field=models.TextField(
                blank=True, db_default="", help_text="Why it could not be undone."
            ),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="undone_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="version",
            field=models.DateTimeField(
                help_text="How the plan saw the target, then how applying left it.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="batch",
            name="state",
            field=models.CharField(
                choices=[
                    ("UPLOADED", "Columns to be checked"),
                    ("PLANNING", "Being planned"),
                    ("PLANNED", "Ready to apply"),
                    ("APPLYING", "Being applied"),
                    ("APPLIED", "Applied"),
                    ("STOPPED", "Stopped"),
                    ("FAILED", "Failed"),
                    ("UNDOING", "Being undone"),
                    ("UNDO_STOPPED", "Half undone"),
                    ("UNDONE", "Undone"),
                ],
                default="UPLOADED",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="batchrow",
            name="target_id",
            field=models.UUIDField(
                help_text="What it changes; what it creates will have this id.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="batchrow",
            name="verdict",
            field=models.CharField(
                blank=True,
                choices=[
                    ("CREATE", "Create"),
                    ("CHANGE", "Change"),
                    ("SAME", "Same"),
                    ("AMBIGUOUS", "Ambiguous"),
                    ("REFUSED", "Refused"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="batchrow",
            index=models.Index(
                condition=models.Q(("kept", ""), _negated=True),
                fields=["batch", "line"],
                name="batch_row_kept",
            ),
        ),
        migrations.AddField(
            model_name="made",
            name="batch",
            field=apps.core.tenancy.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="made",
                to="imports.batch",
            ),
        ),
        migrations.AddField(
            model_name="made",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.company",
            ),
        ),
        migrations.AddField(
            model_name="unknown",
            name="batch",
            field=apps.core.tenancy.TenantForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="unknowns",
                to="imports.batch",
            ),
        ),
        migrations.AddField(
            model_name="unknown",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.company",
            ),
        ),
        migrations.AddIndex(
            model_name="unknown",
            index=models.Index(
                fields=["company", "batch", "-rows", "-id"], name="unknown_by_rows"
            ),
        ),
        migrations.AddConstraint(
            model_name="unknown",
            constraint=models.UniqueConstraint(
                fields=("company", "batch", "kind", "key"), name="unknown_once"
            ),
        ),
        apps.core.tenancy.AddTenantForeignKey("Made", "batch"),
        apps.core.tenancy.AddTenantForeignKey("Unknown", "batch"),
    ]
