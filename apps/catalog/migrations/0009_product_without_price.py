"""Only the state: the old release reads and writes both columns until it has ended, so
that a later release drops them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_prices_of_products")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                # The new release writes rows without it.
                migrations.RunSQL(
                    "ALTER TABLE catalog_product ALTER currency SET DEFAULT ''",
                    "ALTER TABLE catalog_product ALTER currency DROP DEFAULT",
                )
            ],
            state_operations=[
                migrations.RemoveConstraint("product", "product_price_has_currency"),
                migrations.RemoveField("product", "currency"),
                migrations.RemoveField("product", "price"),
            ],
        )
    ]
