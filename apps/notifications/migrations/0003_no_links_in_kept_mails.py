from django.db import migrations, models

CHUNK = 5_000  # rows of one transaction
LINK = r"https?://\S+/returns/leaver/\S+"
# Mails that wait leave as they were written; pages mask the link in those.
CLEAN = """
WITH part AS (
    SELECT id, state FROM notifications_message WHERE id > %s ORDER BY id LIMIT %s
), cleaned AS (
    UPDATE notifications_message m SET body = regexp_replace(m.body, %s, '[…]', 'g')
    FROM part WHERE m.id = part.id AND part.state NOT IN ('PENDING', 'SENDING')
    AND m.body LIKE '%%/returns/leaver/%%'
)
SELECT id FROM part ORDER BY id DESC LIMIT 1
"""


def clean(apps, schema_editor):
    last = "00000000-0000-0000-0000-000000000000"
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(CLEAN, [last, CHUNK, LINK])
            found = cursor.fetchone()
            if found is None:
                return
            last = found[0]


class Migration(migrations.Migration):
    """Not reversible in its effect: what was cut out is known to nobody, and each
    return's page makes a new link."""

    atomic = False
    dependencies = [("notifications", "0002_invitations_by_recipient")]

    operations = [
        migrations.AlterField(
            "message",
            "body",
            models.TextField(help_text="Without the link that the mail carries."),
        ),
        migrations.RunPython(clean, migrations.RunPython.noop, elidable=True),
    ]
