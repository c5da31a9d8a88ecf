"""Which rows are counted as they come and go."""

from apps.companies import row_counts

# As `OrderQuerySet.not_deleted`.
ORDERS = row_counts.declare(
    "orders_order", "CASE WHEN {}.state <> 'DELETED' THEN '' END"
)
