"""Which rows are counted as they come and go."""

from apps.companies import row_counts

# As `UserQuerySet.people`.
PEOPLE = row_counts.declare(
    "accounts_user",
    "CASE WHEN {}.role IN ('EMPLOYEE', 'COMPANY_ADMIN', 'STORAGE') "
    "AND {}.state <> 'DELETED' THEN 'people' END",
)
# How many of those who have not left have a tag.
TAGGED = row_counts.declare(
    "accounts_usertag",
    "CASE WHEN {}.is_present THEN replace({}.tag_id::text, '-', '') END",
)
