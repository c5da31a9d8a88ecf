from django.db import migrations

from apps.companies.row_counts import CountOtherwise, CountRows


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0016_keys_as_written"),
        ("companies", "0010_rowcount_amount"),
    ]

    operations = [
        CountOtherwise(
            CountRows("inventory_asset"),
            "{}.state || ' ' || {}.currency",
            "coalesce({}.purchase_price, 0)",
        ),
    ]
