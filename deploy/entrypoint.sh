#!/bin/sh
# Starts one of the processes, under process 1 (tequipy/watched.py), which passes signals
# on, makes log lines of whatever is said, and ends a process that no longer answers.
# usage: entrypoint.sh frontend | backend | worker | beat | migrate | certificate
#        entrypoint.sh manage ARGS...
set -eu

# First under that process; manage on somebody's terminal needs none.
if [ "${1:-}" = --watched ]; then
  shift
elif ! { [ "${1:-}" = manage ] && [ -t 2 ]; }; then
  case "${1:-none} ${2:-}" in
    "manage backup") name=backup ;;
    *) name=${1:-none} ;;
  esac
  exec python -I /app/tequipy/watched.py "$name" "$0" --watched "$@"
fi

process=${1:-}
[ $# -eq 0 ] || shift
# The business numbers are told by the backend alone.
export TEQUIPY_PROCESS="$process"

[ "$process" = certificate ] || python -m tequipy.environment

# The metrics of processes that are gone must not be counted again.
fresh_metrics() {
  export PROMETHEUS_MULTIPROC_DIR="${PROMETHEUS_MULTIPROC_DIR:-/tmp/metrics}"
  rm -rf "$PROMETHEUS_MULTIPROC_DIR"
  mkdir -p "$PROMETHEUS_MULTIPROC_DIR"
}

case "$process" in
  frontend)
    fresh_metrics
    exec gunicorn --config python:tequipy.gunicorn --bind "${BIND:-0.0.0.0:3000}" "$@"
    ;;
  backend)
    fresh_metrics
    exec gunicorn --config python:tequipy.gunicorn --bind "${BIND:-0.0.0.0:8000}" "$@"
    ;;
  worker)
    fresh_metrics
    export METRICS_PORT="${METRICS_PORT:-9100}"
    # SIGTERM: finish what ends soon, put the rest back for another worker.
    export REMAP_SIGTERM=SIGQUIT
    exec celery --quiet -A tequipy worker --loglevel INFO --without-gossip --without-mingle \
      --concurrency "${WORKER_CONCURRENCY:-2}" "$@"
    ;;
  beat)
    export METRICS_PORT="${METRICS_PORT:-9100}"
    exec celery --quiet -A tequipy beat --loglevel INFO --pidfile= "$@"
    ;;
  migrate)
    exec python manage.py migrate --no-input "$@"
    ;;
  certificate)
    exec /app/deploy/nginx/make-certificate.sh "$@"
    ;;
  manage)
    exec python manage.py "$@"
    ;;
  *)
    echo "entrypoint: '$process' is none of: frontend, backend, worker, beat, migrate, certificate, manage." >&2
    exit 64
    ;;
esac
