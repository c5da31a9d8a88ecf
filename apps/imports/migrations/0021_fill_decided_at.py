"""What differs from what is usual was decided by somebody; when, is not known more
exactly than by the plan that went by it."""

from django.db import migrations

DECIDED = """
    UPDATE imports_unknown u SET decided_at = coalesce(b.planned_at, b.created_at)
    FROM imports_batch b
    WHERE b.id = u.batch_id AND b.company_id = u.company_id AND u.action <> CASE
        WHEN u.kind IN ('person', 'holder', 'status', 'in_use', 'held', 'identity')
            OR u.kind = 'product' AND left(u.key, 1) = chr(10) THEN 'REFUSE'
        ELSE 'CREATE' END
"""


class Migration(migrations.Migration):
    dependencies = [("imports", "0020_decided_at")]

    operations = [migrations.RunSQL(DECIDED, migrations.RunSQL.noop)]
