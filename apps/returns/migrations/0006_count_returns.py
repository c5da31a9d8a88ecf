from django.db import migrations

from apps.companies.row_counts import CountRows


class Migration(migrations.Migration):
    dependencies = [
        ("returns", "0005_index_by_change"),
        ("companies", "0009_row_counts"),
    ]

    operations = [
        CountRows("returns_return", "CASE WHEN {}.state <> 'DELETED' THEN {}.kind END"),
    ]
