#!/bin/sh
# Restores FILE (a custom-format dump, .sql or .sql.gz) into the empty database of
# DATABASE_URL; --replace empties it first, as its owner and while nobody uses it. For a
# postgres:16-alpine container; `manage.py restore KEY --fetch-to DIR` comes before it,
# `manage.py migrate` (which grants) after it.
# usage: DATABASE_URL=postgresql://... restore.sh [--replace] FILE
set -eu

fail() { echo "restore.sh: $1" >&2; exit 1; }

replaces=
[ "${1:-}" != --replace ] || { replaces=yes; shift; }
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
if [ "$tables" != 0 ]; then
  [ -n "$replaces" ] \
    || fail "the database is not empty: it has $tables tables. --replace drops them."
  users=$(ask "SELECT string_agg(DISTINCT usename, ', ') FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()
               AND usename IS NOT NULL")
  [ -z "$users" ] \
    || fail "the database is in use by $users: stop frontend, backend, worker and beat first."
fi

# Everything belongs to the database's owner, where we may act as it.
role=$(ask "SELECT r.rolname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba
            WHERE d.datname = current_database() AND r.rolname <> current_user
            AND pg_has_role(current_user, r.oid, 'MEMBER')")

# pg_dump's last words: psql takes the end of a file that was cut for the end of the rows.
require_end() {
  tail -c 1000 | grep -q 'PostgreSQL database dump complete' \
    || fail "$dump is cut: its last line is missing. Nothing was restored."
}

empty() {
  [ "$tables" = 0 ] || ask "BEGIN; DROP SCHEMA public CASCADE;
    CREATE SCHEMA public AUTHORIZATION pg_database_owner;
    GRANT USAGE ON SCHEMA public TO PUBLIC; COMMIT" \
    || fail "the database could not be emptied: be its owner."
}

plain() {
  [ -z "$role" ] || export PGOPTIONS="-c role=$role"
  psql "$DATABASE_URL" --no-psqlrc --no-password --quiet --single-transaction \
    --set ON_ERROR_STOP=1 --output /dev/null
}

if [ "$(head -c 5 "$dump")" = PGDMP ]; then
  [ "$tables" = 0 ] || pg_restore --file=/dev/null "$dump" \
    || fail "$dump is damaged. Nothing was restored."
  empty
  pg_restore --dbname="$DATABASE_URL" --no-password --exit-on-error --no-owner \
    --no-privileges --no-comments --jobs=2 ${role:+--role="$role"} "$dump" \
    || fail "pg_restore failed: the database is unfinished, go on with --replace."
elif gzip -t "$dump" 2>/dev/null; then
  gunzip -c "$dump" | require_end
  empty
  gunzip -c "$dump" | plain || fail "psql failed, and nothing was restored."
else
  require_end < "$dump"
  empty
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
