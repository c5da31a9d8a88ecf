"""Mails to people who were erased have no recipient any more: of these an event may
have several."""

from django.db import migrations, models

TABLE, OLD = "notifications_message", "message_once_per_event_and_recipient"
NEW = "message_once_per_event_and_address"
COLUMNS = "(event_id, recipient, channel)"


class Migration(migrations.Migration):
    atomic = False  # so that writers don't wait

    dependencies = [
        ("notifications", "0003_no_links_in_kept_mails"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint(model_name="message", name=OLD),
                migrations.AddConstraint(
                    model_name="message",
                    constraint=models.UniqueConstraint(
                        fields=["event_id", "recipient", "channel"],
                        condition=~models.Q(recipient=""),
                        name=NEW,
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX CONCURRENTLY IF EXISTS {NEW}", migrations.RunSQL.noop
                ),
                migrations.RunSQL(
                    f"CREATE UNIQUE INDEX CONCURRENTLY {NEW} ON {TABLE} {COLUMNS} "
                    "WHERE recipient <> ''",
                    f"DROP INDEX CONCURRENTLY IF EXISTS {NEW}",
                ),
                # Back is possible while no event has two erased mails.
                migrations.RunSQL(
                    f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {OLD}",
                    f"ALTER TABLE {TABLE} ADD CONSTRAINT {OLD} UNIQUE {COLUMNS}",
                ),
            ],
        ),
    ]
