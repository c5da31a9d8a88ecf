#!/bin/sh
# nginx, which takes a new certificate within half a minute (compose.acme.yaml).
# usage: reloading.sh CERTIFICATE COMMAND...
set -eu
certificate=$1
shift
taken="${TMPDIR:-/tmp}/certificate-taken"
touch "$taken"
# Its output goes nowhere: who holds nginx's open would be waited for when nginx ends.
while sleep "${RELOAD_SECONDS:-30}"; do
  if [ "$certificate" -nt "$taken" ]; then
    touch "$taken"
    kill -s HUP $$
  fi
done > /dev/null 2>&1 &
exec "$@"
