#!/usr/bin/env bash
# Runs a command with DATABASE_URL naming a fresh PostgreSQL of Debian's, as its owner,
# and REDIS_URL a fresh Redis; both are gone afterwards. As root.
# usage: debian-postgres.sh COMMAND...
set -euo pipefail
folder=$(mktemp -d)
tools=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
as_postgres() { setpriv --reuid postgres --regid postgres --init-groups "$@"; }
stop() {
  as_postgres "$tools/pg_ctl" -D "$folder/data" -m immediate -s stop || true
  [[ -z ${redis:-} ]] || kill "$redis" || true
  rm -rf "$folder"
}
trap stop EXIT

chmod 755 "$folder"
install -d -o postgres -g postgres "$folder/data" "$folder/socket"
as_postgres "$tools/initdb" -D "$folder/data" -U tequipy_owner --auth trust -E UTF8 >/dev/null
as_postgres "$tools/pg_ctl" -D "$folder/data" -s -w -l "$folder/data/log" start -o \
  "-c listen_addresses='' -k $folder/socket -c fsync=off -c synchronous_commit=off
   -c full_page_writes=off -c max_connections=200"
as_postgres "$tools/psql" -q -h "$folder/socket" -U tequipy_owner postgres \
  -c "CREATE ROLE tequipy_app NOLOGIN"
port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
redis-server --bind 127.0.0.1 --port "$port" --save "" --daemonize no >/dev/null &
redis=$!

export DATABASE_URL="postgresql://tequipy_owner:@/postgres?host=$folder/socket"
export MIGRATION_DATABASE_URL=$DATABASE_URL
export REDIS_URL="redis://127.0.0.1:$port/0"
export DEBUG=true JWT_SECRET_KEY=only-for-tests-only-for-tests-only-for-tests
export PUBLIC_URL=http://testserver FILES_URL="file://$folder/files"
"$@"
