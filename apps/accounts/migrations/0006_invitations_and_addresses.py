import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import apps.core.ids
import apps.core.tenancy
from apps.core.tenancy import AddTenantForeignKey


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_search_text_index"),
        ("companies", "0002_countries_and_platform"),
    ]

    operations = [
        migrations.AddField(
            model_name="login",
            name="session_salt",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=32
            ),
        ),
        migrations.CreateModel(
            name="AddressChange",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "Waiting"),
                            ("DONE", "Done"),
                            ("STOPPED", "Stopped"),
                        ],
                        default="WAITING",
                        max_length=16,
                    ),
                ),
                ("old_email", models.EmailField(max_length=254)),
                ("new_email", models.EmailField(max_length=254)),
                (
                    "staff_reason",
                    models.CharField(
                        blank=True,
                        help_text="Why platform staff asked for it.",
                        max_length=255,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("agreed_at_new_at", models.DateTimeField(null=True)),
                ("agreed_at_old_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("next_try_at", models.DateTimeField(null=True)),
                (
                    "login",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="address_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a sign-in address",
                "verbose_name_plural": "changes of sign-in addresses",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_try_at__isnull", False)),
                        fields=["next_try_at"],
                        name="address_change_to_mail",
                    ),
                    models.Index(
                        condition=models.Q(("state", "WAITING")),
                        fields=["asked_at"],
                        name="address_change_waiting",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "WAITING")),
                        fields=("login",),
                        name="address_change_one_waiting",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "Not answered yet"),
                            ("ACCEPTED", "Accepted"),
                            ("DECLINED", "Declined"),
                            ("WITHDRAWN", "Withdrawn"),
                        ],
                        default="OPEN",
                        max_length=16,
                    ),
                ),
                (
                    "email",
                    models.EmailField(help_text="Where the link went.", max_length=254),
                ),
                ("link_version", models.PositiveSmallIntegerField(default=1)),
                (
                    "invited_by",
                    models.UUIDField(help_text="The person who invited.", null=True),
                ),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
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
                    "user",
                    apps.core.tenancy.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="accounts.user",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "indexes": [
                    models.Index(
                        fields=["company", "user", "-id"], name="invitation_of_user"
                    ),
                    models.Index(fields=["company", "sent_at"], name="invitation_sent"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="invitation_company_id_key"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "OPEN")),
                        fields=("user",),
                        name="invitation_one_open",
                    ),
                ],
            },
        ),
        AddTenantForeignKey("Invitation", "user"),
    ]
