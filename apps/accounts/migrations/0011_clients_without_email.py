from django.db import migrations, models
from django.db.models.functions import Lower

_TAKES = "NOT (state = 'DELETED')"


def _index(also: str) -> list[str]:
    """Made beside the old one, so that no moment is without."""
    return [
        "DROP INDEX CONCURRENTLY IF EXISTS user_email_per_company_new",
        "CREATE UNIQUE INDEX CONCURRENTLY user_email_per_company_new "
        f"ON accounts_user (company_id, lower(email)) WHERE {_TAKES}{also}",
        "DROP INDEX CONCURRENTLY IF EXISTS user_email_per_company",
        "ALTER INDEX user_email_per_company_new RENAME TO user_email_per_company",
    ]


class Migration(migrations.Migration):
    """A client of the API has no e-mail, and a company many clients."""

    atomic = False  # so that writers don't wait
    dependencies = [("accounts", "0010_language")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(forwards, backwards)
                for forwards, backwards in zip(
                    _index(" AND NOT (email = '')"), reversed(_index("")), strict=True
                )
            ],
            state_operations=[
                migrations.RemoveConstraint("user", "user_email_per_company"),
                migrations.AddConstraint(
                    "user",
                    models.UniqueConstraint(
                        "company",
                        Lower("email"),
                        condition=~models.Q(state="DELETED") & ~models.Q(email=""),
                        name="user_email_per_company",
                        violation_error_message="Somebody has this e-mail already.",
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            "user",
            "email",
            models.EmailField(
                "work e-mail",
                blank=True,
                help_text="Empty for a client of the API.",
                max_length=254,
            ),
        ),
    ]
