"""Which rows are counted as they come and go."""

from apps.companies import row_counts

# By kind, as `ReturnQuerySet.not_deleted`.
RETURNS = row_counts.declare(
    "returns_return", "CASE WHEN {}.state <> 'DELETED' THEN {}.kind END"
)
