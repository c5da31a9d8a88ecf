"""The price that a product had becomes its price in all countries."""

from django.db import migrations

COPY = """
INSERT INTO catalog_productprice
    (id, company_id, product_id, currency, country_id, amount, is_special, updated_at)
SELECT gen_random_uuid(), company_id, id, currency, NULL, price, false, now()
FROM catalog_product WHERE price IS NOT NULL
ON CONFLICT DO NOTHING
"""
COPY_BACK = """
UPDATE catalog_product SET price = rows.amount, currency = rows.currency
FROM (SELECT DISTINCT ON (product_id) product_id, amount, currency
      FROM catalog_productprice WHERE country_id IS NULL
      ORDER BY product_id, updated_at) rows
WHERE rows.product_id = catalog_product.id
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_prices")]

    operations = [migrations.RunSQL(COPY, COPY_BACK)]
