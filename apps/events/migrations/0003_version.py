"""What is there is version 1. A constant default: no row is written, no trigger fires.

While two releases run at once, the older one must not seal what the newer wrote: its
hash lacks the version, and the chain would seem broken for ever."""

from django.db import migrations, models

GUARD = """
CREATE OR REPLACE FUNCTION events_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.position IS NULL AND OLD.prev_hash IS NULL AND OLD.hash IS NULL
           AND NEW.position IS NOT NULL AND NEW.prev_hash IS NOT NULL
           AND NEW.hash IS NOT NULL
           AND to_jsonb(NEW) - ARRAY['position', 'prev_hash', 'hash']
             = to_jsonb(OLD) - ARRAY['position', 'prev_hash', 'hash'] THEN
            IF OLD.version <> 1
               AND current_setting('tequipy.seals_versions', true) IS DISTINCT FROM 'on'
            THEN
                RAISE EXCEPTION 'event % has version %: this release can not seal it',
                    OLD.id, OLD.version USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'events are append-only: % is refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
"""
AS_BEFORE = """
CREATE OR REPLACE FUNCTION events_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.position IS NULL AND OLD.prev_hash IS NULL AND OLD.hash IS NULL
           AND NEW.position IS NOT NULL AND NEW.prev_hash IS NOT NULL
           AND NEW.hash IS NOT NULL
           AND to_jsonb(NEW) - ARRAY['position', 'prev_hash', 'hash']
             = to_jsonb(OLD) - ARRAY['position', 'prev_hash', 'hash'] THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'events are append-only: % is refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="event",
            name="version",
            field=models.SmallIntegerField(
                db_default=1, default=1, help_text="Of what its type may say."
            ),
        ),
        migrations.RunSQL(GUARD, AS_BEFORE),
    ]
