#!/bin/sh
# Dumps a database to FILE, and writes beside it, as .json, what it holds, counted in the
# same snapshot. For a postgres:16-alpine container; `manage.py backup --dump FILE` does
# the rest. Neither file is there before both are complete.
# usage: DATABASE_URL=postgresql://... dump.sh FILE.dump
set -eu
umask 077

fail() { echo "dump.sh: $1" >&2; exit 1; }

[ $# -eq 1 ] || fail "give the file to write, such as /backup/work/database.dump."
dump=$1
case "$dump" in *.dump) ;; *) fail "$dump must end with .dump." ;; esac
[ -d "$(dirname "$dump")" ] || fail "the folder of $dump does not exist."
if [ -z "${DATABASE_URL:-}" ] && [ -n "${DATABASE_URL_FILE:-}" ]; then
  DATABASE_URL=$(cat "$DATABASE_URL_FILE")
fi
[ -n "${DATABASE_URL:-}" ] || fail "DATABASE_URL or DATABASE_URL_FILE is not set."

description="${dump%.dump}.json"
unfinished="$dump.partial"
told="$description.partial"
ok="$dump.ok"
export DATABASE_URL UNFINISHED="$unfinished" OK="$ok"
trap 'rm -f "$unfinished" "$told" "$ok"' EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

# pg_dump runs while psql holds the transaction whose snapshot it takes.
psql "$DATABASE_URL" --no-psqlrc --no-password --quiet --tuples-only --no-align \
  --set ON_ERROR_STOP=1 --output "$told" <<'SQL' || fail "psql failed."
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL idle_in_transaction_session_timeout = 0;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv SNAPSHOT :snapshot
\! pg_dump --dbname="$DATABASE_URL" --no-password --format=custom --compress=3 --snapshot="$SNAPSHOT" --file="$UNFINISHED" && touch "$OK"
SELECT string_agg(format('SELECT %L AS name, (SELECT count(*) FROM public.%I) AS n',
                         relname, relname), ' UNION ALL ') AS counting
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') \gset
SELECT json_build_object(
  'postgresql', current_setting('server_version'),
  'migrations', (SELECT json_agg(json_build_array(app, name) ORDER BY id)
                 FROM django_migrations),
  'rows', (SELECT json_object_agg(name, n ORDER BY name) FROM (:counting) counted),
  'events', (SELECT json_build_object('position', position, 'hash', hash)
             FROM events_event WHERE position IS NOT NULL
             ORDER BY position DESC LIMIT 1));
COMMIT;
SQL
[ -f "$ok" ] || fail "pg_dump failed."

mv "$told" "$description"
mv "$unfinished" "$dump"
echo "dump.sh: $dump written"
