#!/bin/sh
# What the official image does at first start, as far as this project uses it.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ] && [ "${1:-}" = postgres ]; then
  method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  if [ "$method" = trust ]; then
    initdb -U "$POSTGRES_USER" --auth=trust -D "$PGDATA" >/dev/null
  else
    printf '%s' "$POSTGRES_PASSWORD" >/tmp/password
    initdb -U "$POSTGRES_USER" --pwfile=/tmp/password --auth-host="$method" \
      --auth-local=trust -D "$PGDATA" >/dev/null
    rm /tmp/password
  fi
  echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
  echo "host all all all $method" >>"$PGDATA/pg_hba.conf"
  pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start >/dev/null
  database=${POSTGRES_DB:-$POSTGRES_USER}
  [ "$database" = postgres ] || createdb -U "$POSTGRES_USER" "$database"
  for script in /docker-entrypoint-initdb.d/*.sh; do
    [ -x "$script" ] && "$script"
  done
  pg_ctl -D "$PGDATA" -m fast -w stop >/dev/null
fi
exec "$@"
