#!/bin/sh
# Starts one of the processes. exec makes process 1 of it, which gets the signals, or of
# what passes them on and ends a process that no longer answers.
# usage: entrypoint.sh frontend | backend | worker | beat | migrate | manage ARGS...
set -eu

process=${1:-}
[ $# -eq 0 ] || shift
# The business numbers are told by the backend alone.
export TEQUIPY_PROCESS="$process"

python -m tequipy.environment

# The metrics of processes that are gone must not be counted again.
fresh_metrics() {
  export PROMETHEUS_MULTIPROC_DIR="${PROMETHEUS_MULTIPROC_DIR:-/tmp/metrics}"
  rm -rf "$PROMETHEUS_MULTIPROC_DIR"
  mkdir -p "$PROMETHEUS_MULTIPROC_DIR"
}

watched="exec python -I /app/tequipy/watched.py $process"

case "$process" in
  frontend)
    fresh_metrics
    $watched gunicorn --config python:tequipy.gunicorn --bind "${BIND:-0.0.0.0:3000}" "$@"
    ;;
  backend)
    fresh_metrics
    $watched gunicorn --config python:tequipy.gunicorn --bind "${BIND:-0.0.0.0:8000}" "$@"
    ;;
  worker)
    fresh_metrics
    export METRICS_PORT="${METRICS_PORT:-9100}"
    # SIGTERM: finish what ends soon, put the rest back for another worker.
    export REMAP_SIGTERM=SIGQUIT
    $watched celery --quiet -A tequipy worker --loglevel INFO --without-gossip --without-mingle \
      --concurrency "${WORKER_CONCURRENCY:-2}" "$@"
    ;;
  beat)
    export METRICS_PORT="${METRICS_PORT:-9100}"
    $watched celery --quiet -A tequipy beat --loglevel INFO --pidfile= "$@"
    ;;
  migrate)
    exec python manage.py migrate --no-input "$@"
    ;;
  manage)
    exec python manage.py "$@"
    ;;
  *)
    echo "entrypoint: '$process' is none of: frontend, backend, worker, beat, migrate, manage." >&2
    exit 64
    ;;
esac
