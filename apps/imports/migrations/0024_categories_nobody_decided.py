"""0021 took every category that is none here for decided, as its usual answer is USE.
Those taken for Other are what is usual: nobody loses an answer. Of the others nobody
can tell."""

from django.db import migrations

UNDECIDED = """
    UPDATE imports_unknown u SET decided_at = NULL
    FROM imports_batch b
    WHERE b.id = u.batch_id AND b.company_id = u.company_id AND u.kind = 'category'
        AND u.action = 'USE' AND u.use_text = 'OTHER'
        AND u.decided_at = coalesce(b.planned_at, b.created_at)
"""


class Migration(migrations.Migration):
    dependencies = [("imports", "0023_nobody_has_it")]

    operations = [migrations.RunSQL(UNDECIDED, migrations.RunSQL.noop)]
