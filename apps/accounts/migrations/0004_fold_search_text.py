"""PostgreSQL writes the whole table anew while nobody can read it: on two cores about
5 s for 100,000 people. The version that still runs
finds in it what is written without accents; until the index of the next migration is
there, by reading the table."""

from django.db import migrations, models
from django.db.models.functions import Concat

from apps.core.folding import Fold


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_fold_function"),
        ("accounts", "0003_role_labels"),
    ]

    operations = [
        migrations.RemoveIndex("user", "user_search_trgm"),
        migrations.RemoveField("user", "search_text"),
        migrations.AddField(
            "user",
            "search_text",
            models.GeneratedField(
                expression=Fold(
                    Concat(
                        "first_name",
                        models.Value(" "),
                        "last_name",
                        models.Value(" "),
                        "email",
                        models.Value(" "),
                        "employee_number",
                        output_field=models.TextField(),
                    )
                ),
                output_field=models.TextField(),
                db_persist=True,
            ),
        ),
    ]
