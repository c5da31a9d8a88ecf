from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0009_row_counts"),
    ]

    operations = [
        migrations.AddField(
            model_name="rowcount",
            name="amount",
            field=models.DecimalField(
                db_default=0, decimal_places=4, default=0, max_digits=24
            ),
        ),
    ]
