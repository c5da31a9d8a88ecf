"""Proves that columns, custody rows and events agree."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

_CHECKS = {
    # The columns of an asset and its open custody row say the same.
    "asset {0}: its columns and its open custody row differ": """
        SELECT a.id FROM inventory_asset a
        LEFT JOIN inventory_custody c
               ON c.asset_id = a.id AND upper_inf(c.period)
        WHERE (c.user_id, c.address_id, c.shipment_id)
              IS DISTINCT FROM (a.user_id, a.address_id, a.shipment_id)
           OR (c.id IS NOT NULL AND lower(c.period) <> a.held_since)
           OR (c.id IS NOT NULL AND c.company_id <> a.company_id)
    """,
    "asset {0}: state {1} does not fit its holder": """
        SELECT id, state FROM inventory_asset
        WHERE (state = 'ACTIVE') <> (user_id IS NOT NULL)
           OR (state = 'IN_TRANSIT') <> (shipment_id IS NOT NULL)
           OR (state IN ('STORAGE', 'RESERVED', 'IN_REPAIR'))
              <> (address_id IS NOT NULL)
    """,
    "custody {0}: asset {1} does not exist": """
        SELECT c.id, c.asset_id FROM inventory_custody c
        LEFT JOIN inventory_asset a ON a.id = c.asset_id WHERE a.id IS NULL
    """,
    "custody {0}: overlaps the next holder of asset {1}": """
        SELECT id, asset_id FROM (
            SELECT id, asset_id, upper(period) AS ends_at,
                   lead(lower(period)) OVER (
                       PARTITION BY asset_id ORDER BY lower(period)) AS next_at
            FROM inventory_custody) c
        WHERE next_at IS NOT NULL AND (ends_at IS NULL OR ends_at > next_at)
    """,
    # Events tell every custody row from its first to its last moment: where the holder
    # changed, version 1 has `custody` (null if custody only ended), later ones say so.
    "custody {0}: asset {1}'s events tell another holder or period": """
        WITH steps AS (
            SELECT subject_id AS asset_id, payload, occurred_at AS starts_at,
                   lead(occurred_at) OVER (
                       PARTITION BY subject_id ORDER BY id) AS ends_at
            FROM events_event
            WHERE subject_type = 'asset' AND (jsonb_exists(payload, 'custody')
                                              OR payload @> '{"holder_changed": true}'))
        SELECT c.id, c.asset_id FROM inventory_custody c
        LEFT JOIN steps s ON s.asset_id = c.asset_id
                         AND coalesce(s.payload->>'custody_id', s.payload->>'custody')
                             = c.id::text
        WHERE s.asset_id IS NULL
           OR lower(c.period) <> s.starts_at
           OR upper(c.period) IS DISTINCT FROM s.ends_at
           OR s.payload->'to'->>'user_id' IS DISTINCT FROM c.user_id::text
           OR s.payload->'to'->>'address_id' IS DISTINCT FROM c.address_id::text
           OR s.payload->'to'->>'shipment_id' IS DISTINCT FROM c.shipment_id::text
    """,
    "asset {0}: event {1} opened a custody row that is gone": """
        SELECT e.subject_id, e.id FROM events_event e
        JOIN inventory_asset a ON a.id = e.subject_id
        CROSS JOIN LATERAL (SELECT coalesce(
            e.payload->>'custody_id', e.payload->>'custody')::uuid AS id) opened
        LEFT JOIN inventory_custody c ON c.id = opened.id
        WHERE e.subject_type = 'asset' AND opened.id IS NOT NULL AND c.id IS NULL
    """,
    "asset {0}: is {1}, its last event says {2}": """
        SELECT a.id, a.state, e.state FROM inventory_asset a
        LEFT JOIN LATERAL (
            SELECT payload->'to'->>'state' AS state FROM events_event
            WHERE refs @> ARRAY[a.id] AND subject_id = a.id
              AND jsonb_exists(payload, 'to') ORDER BY id DESC LIMIT 1) e ON true
        WHERE e.state IS DISTINCT FROM a.state
    """,
}


def problems() -> Iterator[str]:
    """One line per row that does not fit, naming it; nothing on sound data."""
    for sentence, statement in _CHECKS.items():
        with connection.cursor() as cursor:
            cursor.execute(statement)
            for row in cursor:
                yield sentence.format(*row)
