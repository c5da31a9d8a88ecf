"""What the history knows of the moments that 0003 gave columns to.

It doesn't know when a device reached a warehouse while its person was still being
asked, so `in_warehouse_at` stays empty there.
"""

from django.db import migrations

_OF_RETURNS = """
UPDATE returns_return r SET
    first_email_sent_at = e.first_email,
    first_reminder_sent_at = e.first_reminder,
    second_reminder_sent_at = e.second_reminder,
    not_responding_at = e.not_responding,
    ready_for_pickup_at = e.ready_for_pickup,
    ready_for_dropoff_at = e.ready_for_dropoff,
    picked_up_at = e.picked_up,
    in_warehouse_at = e.in_warehouse
FROM (
    SELECT subject_id,
        min(occurred_at) FILTER (WHERE type = 'return.first_email_sent')
            AS first_email,
        min(occurred_at) FILTER (WHERE type = 'return.first_reminder_sent')
            AS first_reminder,
        min(occurred_at) FILTER (WHERE type = 'return.second_reminder_sent')
            AS second_reminder,
        min(occurred_at) FILTER (WHERE type = 'return.employee_not_responding')
            AS not_responding,
        max(occurred_at) FILTER (WHERE is_new AND state = 'READY_FOR_PICKUP')
            AS ready_for_pickup,
        max(occurred_at) FILTER (WHERE is_new AND state = 'READY_FOR_DROPOFF')
            AS ready_for_dropoff,
        min(occurred_at) FILTER (WHERE type = 'return.device_in_transit')
            AS picked_up,
        min(occurred_at) FILTER (WHERE state = 'DEVICE_IN_TEQUIPY_WAREHOUSE')
            AS in_warehouse
    FROM (
        SELECT subject_id, type, occurred_at, payload ->> 'state' AS state,
            type <> 'return.resumed'
                AND payload ->> 'from' <> payload ->> 'state' AS is_new
        FROM events_event WHERE type LIKE 'return.%'
    ) told
    GROUP BY subject_id
) e
WHERE e.subject_id = r.id
"""
_OF_LINES = """
UPDATE returns_returnline l SET
    created_at = f.added,
    updated_at = greatest(f.added, f.decided, l.closed_at)
FROM (
    SELECT line.id, coalesce(e.added, r.created_at) AS added, e.decided
    FROM returns_returnline line
    JOIN returns_return r ON r.id = line.ret_id
    LEFT JOIN (
        SELECT subject_id, payload ->> 'asset_id' AS asset_id,
            min(occurred_at) FILTER (WHERE type = 'return.item_added') AS added,
            max(occurred_at) FILTER (WHERE type = 'return.item_decided') AS decided
        FROM events_event
        WHERE type IN ('return.item_added', 'return.item_decided')
        GROUP BY 1, 2
    ) e ON e.subject_id = r.id AND e.asset_id = line.asset_id::text
) f
WHERE f.id = l.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0003_version"),
        ("returns", "0003_moments_notes_and_price"),
    ]

    operations = [
        migrations.RunSQL(_OF_RETURNS, migrations.RunSQL.noop),
        migrations.RunSQL(_OF_LINES, migrations.RunSQL.noop),
    ]
