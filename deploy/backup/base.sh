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
trap 'rm -rf "$made.partial"' EXIT

pg_basebackup --dbname="$DATABASE_URL" --no-password --pgdata="$made.partial" \
  --format=tar --gzip --wal-method=fetch --checkpoint=fast || fail "pg_basebackup failed."
if [ -n "$archive" ]; then
  # Written when the backup ended; names the first segment that it needs.
  find "$archive" -name '*.backup' | sort | tail -n 1 > "$made.partial/history"
  [ -s "$made.partial/history" ] || fail "$archive has no WAL: is archive_mode on?"
fi
mv "$made.partial" "$made"

find "$folder" -mindepth 1 -maxdepth 1 -name '*Z' | sort -r | tail -n +3 \
  | while read -r old; do rm -rf "$old"; done
oldest=$(find "$folder" -mindepth 1 -maxdepth 1 -name '*Z' | sort | head -n 1)
if [ -n "$archive" ] && [ -s "$oldest/history" ]; then
  pg_archivecleanup "$archive" "$(basename "$(cat "$oldest/history")")"
fi
echo "base.sh: $made written"
