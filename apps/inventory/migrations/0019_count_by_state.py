from django.db import migrations

from apps.companies.row_counts import CountOtherwise, CountRows


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0018_comments_and_kinds_of_files"),
        ("companies", "0010_rowcount_amount"),
    ]

    operations = [
        CountOtherwise(
            CountRows("inventory_asset"),
            "{}.state || ' ' || {}.currency",
            "coalesce({}.purchase_price, 0)",
        ),
    ]
