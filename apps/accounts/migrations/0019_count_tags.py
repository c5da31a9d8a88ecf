from django.db import migrations, models

from apps.companies.row_counts import CountRows

_PRESENT = "('CREATED', 'ACTIVE', 'OFFBOARDING_IN_PROGRESS')"
_UP = """
CREATE FUNCTION accounts_usertag_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.is_present := EXISTS (
        SELECT 1 FROM accounts_user WHERE id = NEW.user_id AND state IN PRESENT
    );
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_usertag_begins BEFORE INSERT ON accounts_usertag
    FOR EACH ROW EXECUTE FUNCTION accounts_usertag_begins();
CREATE FUNCTION accounts_usertag_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE accounts_usertag SET is_present = NEW.state IN PRESENT
    WHERE user_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_usertag_follows AFTER UPDATE OF state ON accounts_user
    FOR EACH ROW
    WHEN ((OLD.state IN PRESENT) IS DISTINCT FROM (NEW.state IN PRESENT))
    EXECUTE FUNCTION accounts_usertag_follows();
UPDATE accounts_usertag SET is_present = FALSE FROM accounts_user
    WHERE accounts_user.id = user_id AND state NOT IN PRESENT;
""".replace("PRESENT", _PRESENT)
_DOWN = """
DROP TRIGGER accounts_usertag_begins ON accounts_usertag;
DROP TRIGGER accounts_usertag_follows ON accounts_user;
DROP FUNCTION accounts_usertag_begins();
DROP FUNCTION accounts_usertag_follows();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0018_external_ids")]

    operations = [
        migrations.AddField(
            model_name="usertag",
            name="is_present",
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.RunSQL(_UP, _DOWN),
        CountRows(
            "accounts_usertag",
            "CASE WHEN {}.is_present THEN replace({}.tag_id::text, '-', '') END",
        ),
    ]
