from django.db import migrations

from apps.companies.row_counts import CountRows


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0002_tenant_foreign_keys"),
        ("companies", "0009_row_counts"),
    ]

    operations = [
        CountRows("orders_order", "CASE WHEN {}.state <> 'DELETED' THEN '' END"),
    ]
