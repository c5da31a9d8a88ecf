"""PostgreSQL writes the whole table anew while nobody reads it: less than a second for
100,000 products."""

from django.db import migrations, models
from django.db.models.functions import Concat

from apps.core.folding import Fold


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_fold_function"),
        ("catalog", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            "product",
            "search_text",
            models.GeneratedField(
                expression=Fold(
                    Concat(
                        "name",
                        models.Value(" "),
                        "manufacturer",
                        models.Value(" "),
                        "model_number",
                        output_field=models.TextField(),
                    )
                ),
                output_field=models.TextField(),
                db_persist=True,
            ),
        ),
    ]
