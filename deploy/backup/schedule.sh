#!/bin/sh
# Compose: dumps every hour on the hour, at 02:00 UTC as the daily one, into DIR; the
# daily one is also restored into the database tequipy_verify. `manage.py backup --follow
# DIR` takes what lies there. For a postgres:16-alpine container.
# usage: DATABASE_URL=postgresql://owner:...@postgres:5432/tequipy schedule.sh DIR
set -eu

[ $# -eq 1 ] && [ -d "$1" ] || { echo "schedule.sh: give an existing folder." >&2; exit 1; }
folder=$1
here=$(dirname "$0")
server=${DATABASE_URL%/*}
query=
case "$DATABASE_URL" in *\?*) query="?${DATABASE_URL#*\?}"; server=${DATABASE_URL%%\?*}; server=${server%/*} ;; esac
scratch="$server/tequipy_verify$query"
asleep=
trap '[ -z "$asleep" ] || kill "$asleep"; exit 0' TERM INT

ask() {
  psql "$DATABASE_URL" --no-psqlrc --no-password --quiet --tuples-only --no-align \
    --set ON_ERROR_STOP=1 --command "$1"
}

# The proof wants a scratch database. Where the role may not make one, this says how to
# let it; the backup is made all the same.
may_prove() {
  grant=$(ask "SELECT format('ALTER ROLE %I CREATEDB', rolname) FROM pg_roles
               WHERE rolname = current_user AND NOT (rolcreatedb OR rolsuper)") || return 1
  [ -z "$grant" ] || {
    echo "schedule.sh: backups are NOT proved until the server's administrator has run: $grant" >&2
    return 1
  }
}

prove() {
  ask "DROP DATABASE IF EXISTS tequipy_verify" \
    && ask "CREATE DATABASE tequipy_verify" \
    && DATABASE_URL="$scratch" "$here/restore.sh" "$1.dump" \
    && touch "$folder/$(basename "$1").restored"
}

failed() { echo "schedule.sh: $2" | tee "$folder/.failed-$1" >&2; }

# The dump gets its name last, when it is known whether it can be restored.
take() {
  name="$1-$(date -u +%Y%m%dT%H%M%SZ)"
  work="$folder/.work-$name"
  mkdir "$work"
  if "$here/dump.sh" "$work/$name.dump"; then
    rm -f "$folder/.failed-$1"
    if [ "$1" = daily ] && may_prove; then
      prove "$work/$name" || failed daily "$name was NOT restored into the scratch database"
    fi
    mv "$work/$name.json" "$folder/$name.json"
    mv "$work/$name.dump" "$folder/$name.dump"
    date -u +%Y%m%d%H > "$folder/.last-$1"
  else
    failed "$1" "$name was NOT made; the next try is in a minute"
  fi
  rm -rf "$work"
}

# What nobody has fetched for two days only fills the disk.
tidy() {
  find "$folder" -maxdepth 1 -type f -name '*-*Z.*' -mmin +2880 -exec rm -f {} +
  rm -rf "$folder"/.work-*
}

last() { cat "$folder/.last-$1" 2>/dev/null || echo 0; }

tidy
rm -f "$folder"/.failed-*
may_prove || :
while :; do
  touch "$folder/.alive"
  now=$(date -u +%Y%m%d%H)
  today=$(date -u +%Y%m%d)
  if [ "$now" -ge "${today}02" ] && [ "$(last daily)" -lt "${today}02" ]; then
    take daily
    tidy
  elif [ "$(last hourly)" != "$now" ] && [ "$(last daily)" != "$now" ]; then
    take hourly
  fi
  sleep 60 &
  asleep=$!
  wait "$asleep"
done
