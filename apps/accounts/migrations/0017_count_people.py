from django.db import migrations

from apps.companies.row_counts import CountRows


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_name_on_parcels"),
        ("companies", "0009_row_counts"),
    ]

    operations = [
        CountRows(
            "accounts_user",
            "CASE WHEN {}.role IN ('EMPLOYEE', 'COMPANY_ADMIN', 'STORAGE') "
            "AND {}.state <> 'DELETED' THEN 'people' END",
        ),
    ]
