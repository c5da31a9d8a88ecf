from django.db import connection, migrations

PIECE = 5_000


def fill(apps, schema_editor):
    """In pieces, each a transaction of its own: nobody waits for long."""
    after = "00000000-0000-0000-0000-000000000000"
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH piece AS (SELECT id FROM accounts_user WHERE id > %s "
                "ORDER BY id LIMIT %s), filled AS (UPDATE accounts_user u "
                "SET sort_key = '' FROM piece WHERE u.id = piece.id "
                "RETURNING u.id) SELECT max(id::text) FROM filled",
                [after, PIECE],
            )
            (after,) = cursor.fetchone()
        if after is None:
            return


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0021_sort_key")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
