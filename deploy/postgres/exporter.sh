#!/bin/sh
# postgres-exporter, with TLS as the application has it by DATABASE_URL. The exporter's
# driver takes `require` where the URL says nothing, knows neither prefer nor allow, and
# hands the server what it does not know: so the server is asked whether it speaks TLS.
# For the exporter's own image (busybox).
# usage: DATA_SOURCE_NAME=postgresql://... exporter.sh [ARGS of postgres_exporter]
set -eu
trap 'exit 143' TERM

base=${DATA_SOURCE_NAME%%\?*}
query=
case "$DATA_SOURCE_NAME" in *\?*) query=${DATA_SOURCE_NAME#*\?} ;; esac
mode=
kept=
IFS='&'
for pair in $query; do
  case "$pair" in
    sslmode=prefer | sslmode=allow) ;;
    sslmode=*) mode=${pair#*=} ;;
    ssl*=* | host=* | connect_timeout=*) kept="$kept&$pair" ;;
  esac
done
unset IFS

server=${base#*://}
server=${server##*@}
server=${server%%/*}
port=5432
case "$server" in *:[0-9] | *:[0-9]*[0-9]) port=${server##*:} server=${server%:*} ;; esac
server=${server#\[}
server=${server%\]}

# The request of the protocol for TLS; S is yes, N is no.
speaks() {
  printf '\000\000\000\010\004\322\026\057' | nc -w 5 "$server" "$port" 2>/dev/null | head -c 1
}

# A socket has no TLS.
[ -n "$server" ] || mode=${mode:-disable}
told=
while [ -z "$mode" ]; do
  case "$(speaks)" in
    S) mode=require ;;
    N) mode=disable ;;
    *)
      [ -n "$told" ] || printf '{"timestamp":"%s","level":"WARNING","logger":"exporter.sh","message":"%s:%s does not answer; asked again each 5 s","correlation_id":null}\n' \
        "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$server" "$port"
      told=yes
      sleep 5
      ;;
  esac
done
export DATA_SOURCE_NAME="$base?sslmode=$mode$kept"
exec postgres_exporter "$@"
