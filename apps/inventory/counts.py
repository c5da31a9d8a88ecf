"""Which rows are counted as they come and go."""

from apps.companies import row_counts

ASSETS = row_counts.declare("inventory_asset")
