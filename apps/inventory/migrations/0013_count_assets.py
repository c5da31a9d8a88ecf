from django.db import migrations

from apps.companies.row_counts import CountRows


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0012_stock"),
        ("companies", "0009_row_counts"),
    ]

    operations = [
        CountRows("inventory_asset"),
    ]
