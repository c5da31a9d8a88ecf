#!/bin/sh
# A base backup into DIR, for point-in-time recovery from the archived WAL. Keeps two,
# and in WAL_DIR what they need. Runs where the archive is written, as a role that may
# replicate (docs/operations.md, Backups).
# usage: DATABASE_URL=postgresql://postgres:...@/postgres base.sh DIR [WAL_DIR]
set -eu
umask 077

fail() { echo "base.sh: $1" >&2; exit 1; }

[ $# -eq 1 ] || [ $# -eq 2 ] || fail "give a folder, and that of the archived WAL."
[ -n "${DATABASE_URL:-}" ] || fail "DATABASE_URL is not set."
folder=$1
archive=${2:-}
made="$folder/$(date -u +%Y%m%dT%H%M%SZ)"
mkdir -p "$folder"
rm -rf "$folder"/*.partial
trap 'rm -rf "$folder"/*.partial' EXIT

touch "$folder/started.partial"
pg_basebackup --dbname="$DATABASE_URL" --no-password --pgdata="$made.partial" \
  --format=tar --gzip --wal-method=fetch --checkpoint=fast || fail "pg_basebackup failed."
if [ -n "$archive" ]; then
  # Names the first segment that the backup needs; archived soon after it ended.
  waited=0
  until find "$archive" -name '*.backup' -newer "$folder/started.partial" \
    > "$made.partial/history" && [ -s "$made.partial/history" ]; do
    [ "$waited" -lt 60 ] || fail "$archive gets no WAL: is archive_mode on, and the archiver well?"
    sleep 1
    waited=$((waited + 1))
  done
fi
mv "$made.partial" "$made"

find "$folder" -mindepth 1 -maxdepth 1 -name '*Z' | sort -r | tail -n +3 \
  | while read -r old; do rm -rf "$old"; done
oldest=$(find "$folder" -mindepth 1 -maxdepth 1 -name '*Z' | sort | head -n 1)
if [ -n "$archive" ] && [ -s "$oldest/history" ]; then
  pg_archivecleanup "$archive" "$(basename "$(cat "$oldest/history")")"
fi
echo "base.sh: $made written"
