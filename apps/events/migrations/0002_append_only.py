"""Events are written once. The trigger refuses UPDATE, DELETE and TRUNCATE for every
role, and lets the sealer fill its three columns once, from NULL."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION events_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE FUNCTION events_refuse_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.position IS NOT NULL OR NEW.prev_hash IS NOT NULL
       OR NEW.hash IS NOT NULL THEN
        RAISE EXCEPTION 'only the sealer seals events'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER events_unsealed_at_first BEFORE INSERT ON events_event
    FOR EACH ROW EXECUTE FUNCTION events_refuse_sealed();
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events_event
    FOR EACH ROW EXECUTE FUNCTION events_refuse_change();
CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events_event
    FOR EACH STATEMENT EXECUTE FUNCTION events_refuse_change();
ALTER TABLE events_event ENABLE ALWAYS TRIGGER events_unsealed_at_first;
ALTER TABLE events_event ENABLE ALWAYS TRIGGER events_append_only;
ALTER TABLE events_event ENABLE ALWAYS TRIGGER events_no_truncate;
"""
BACKWARD = """
DROP TRIGGER events_unsealed_at_first ON events_event;
DROP TRIGGER events_append_only ON events_event;
DROP TRIGGER events_no_truncate ON events_event;
DROP FUNCTION events_refuse_change();
DROP FUNCTION events_refuse_sealed();
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
