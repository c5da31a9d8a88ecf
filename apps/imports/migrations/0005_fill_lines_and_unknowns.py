"""What the rows and the list of unknown names said so far, in its new place."""

from django.db import migrations

LINES = """
    UPDATE imports_batch b SET applied_line = coalesce(
        (SELECT max(line) FROM imports_batchrow r
         WHERE r.batch_id = b.id AND r.applied_at IS NOT NULL), 0)
    WHERE applied_rows > 0
"""
UNKNOWNS = """
    INSERT INTO imports_unknown (company_id, batch_id, kind, key, value, note, rows,
        may_create, action, use_text)
    SELECT b.company_id, b.id, u->>'kind', u->>'key', u->>'value', '',
        (u->>'count')::int, true,
        CASE WHEN (u->>'create')::bool THEN 'CREATE' ELSE 'REFUSE' END, ''
    FROM imports_batch b, jsonb_array_elements(b.unknowns) u
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("imports", "0004_undo")]

    operations = [
        migrations.RunSQL(LINES, migrations.RunSQL.noop),
        migrations.RunSQL(UNKNOWNS, "DELETE FROM imports_unknown"),
    ]
