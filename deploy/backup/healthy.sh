#!/bin/sh
# The health check of schedule.sh, by what it leaves in DIR: its last dump (and the daily
# one's proof) succeeded, and it goes on. A dump may take three hours.
# usage: healthy.sh DIR
set -eu

folder=${1:?give the folder of schedule.sh}
failed=$(cat "$folder"/.failed-* 2>/dev/null || :)
[ -z "$failed" ] || { echo "$failed"; exit 1; }
working=$(find "$folder" -maxdepth 1 -name '.work-*')
if [ -n "$working" ]; then
  [ -z "$(find "$folder" -maxdepth 1 -name '.work-*' -mmin +180)" ] \
    || { echo "$working is not ready after three hours"; exit 1; }
else
  [ -n "$(find "$folder/.alive" -mmin -3)" ] || { echo "schedule.sh has stopped"; exit 1; }
fi
