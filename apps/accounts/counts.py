"""Which rows are counted as they come and go."""

from apps.companies import row_counts

# As `UserQuerySet.people`.
PEOPLE = row_counts.declare(
    "accounts_user",
    "CASE WHEN {}.role IN ('EMPLOYEE', 'COMPANY_ADMIN', 'STORAGE') "
    "AND {}.state <> 'DELETED' THEN 'people' END",
)
