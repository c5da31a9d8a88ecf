#!/bin/sh
# Restores FILE (a custom-format dump, .sql or .sql.gz) into the empty database of
# DATABASE_URL. For a postgres:16-alpine container; `manage.py restore KEY --fetch-to DIR`
# comes before it, `manage.py migrate` (which grants) after it.
# usage: DATABASE_URL=postgresql://... restore.sh FILE
set -eu

fail() { echo "restore.sh: $1" >&2; exit 1; }

[ $# -eq 1 ] || fail "give the file to restore, such as /backup/work/database.dump."
dump=$1
[ -r "$dump" ] || fail "$dump cannot be read."
if [ -z "${DATABASE_URL:-}" ] && [ -n "${DATABASE_URL_FILE:-}" ]; then
  DATABASE_URL=$(cat "$DATABASE_URL_FILE")
fi
[ -n "${DATABASE_URL:-}" ] || fail "DATABASE_URL or DATABASE_URL_FILE is not set."

ask() {
  psql "$DATABASE_URL" --no-psqlrc --no-password --quiet --tuples-only --no-align \
    --set ON_ERROR_STOP=1 --command "$1"
}

tables=$(ask "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace
              AND relkind IN ('r', 'p')") || fail "the database cannot be reached."
[ "$tables" = 0 ] || fail "the database is not empty: it has $tables tables."

# Everything belongs to the database's owner, where we may act as it.
role=$(ask "SELECT r.rolname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba
            WHERE d.datname = current_database() AND r.rolname <> current_user
            AND pg_has_role(current_user, r.oid, 'MEMBER')")

# pg_dump's last words: psql takes the end of a file that was cut for the end of the rows.
require_end() {
  tail -c 1000 | grep -q 'PostgreSQL database dump complete' \
    || fail "$dump is cut: its last line is missing. Nothing was restored."
}

plain() {
  [ -z "$role" ] || export PGOPTIONS="-c role=$role"
  psql "$DATABASE_URL" --no-psqlrc --no-password --quiet --single-transaction \
    --set ON_ERROR_STOP=1 --output /dev/null
}

if [ "$(head -c 5 "$dump")" = PGDMP ]; then
  pg_restore --dbname="$DATABASE_URL" --no-password --exit-on-error --no-owner \
    --no-privileges --no-comments --jobs=2 ${role:+--role="$role"} "$dump" \
    || fail "pg_restore failed: the database is unfinished, make an empty one again."
elif gzip -t "$dump" 2>/dev/null; then
  gunzip -c "$dump" | require_end
  gunzip -c "$dump" | plain || fail "psql failed, and nothing was restored."
else
  require_end < "$dump"
  plain < "$dump" || fail "psql failed, and nothing was restored."
fi

# Reading is enough for verify_backup; `manage.py migrate` grants the rest.
ask "DO \$\$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tequipy_app') THEN
    GRANT USAGE ON SCHEMA public TO tequipy_app;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO tequipy_app;
  END IF;
END \$\$"
echo "restore.sh: $dump restored"
