#!/bin/sh
# Runs a server whose log is no JSON and prints each line of it as one JSON object, with
# timestamp, level, logger, message and correlation_id. What a line tells of a request
# (nginx: client, request, host, Referer) is left out: it has query strings and keys; so
# are values in PostgreSQL's statements: people's data, sessions, hashes.
# For images that are not ours: a POSIX shell is all it takes, and no line costs a process
# but those without a time of their own.
# usage: json-lines.sh [--errors] NAME COMMAND...   (--errors: stdout stays as it is)
set -u
LC_ALL=C

is_only_errors=
[ "$1" != --errors ] || { is_only_errors=yes; shift; }
name=$1
shift
tab=$(printf '\t')
return=$(printf '\r')

# replace TEXT FROM TO: into $replaced.
replace() {
  replaced=
  left=$1
  while :; do
    case $left in
      *"$2"*) replaced=$replaced${left%%"$2"*}$3; left=${left#*"$2"} ;;
      *) replaced=$replaced$left; return ;;
    esac
  done
}

# hide_values TEXT: of a statement of SQL, into $replaced.
hide_values() {
  replaced=
  left=$1
  while :; do
    case $left in
      *\'*\'*) replaced=$replaced${left%%\'*}"'…'"; left=${left#*\'}; left=${left#*\'} ;;
      *\'*) replaced=$replaced${left%%\'*}"'…"; return ;;
      *) replaced=$replaced$left; return ;;
    esac
  done
}

timestamp_of() {
  timestamp=
  case $1 in
    [0-9][0-9][0-9][0-9][/-][0-9][0-9][/-][0-9][0-9]\ [0-9][0-9]:[0-9][0-9]:[0-9][0-9]*)
      day=${1%% *}
      rest=${1#* }
      timestamp=${day%%[/-]*}-
      day=${day#*[/-]}
      timestamp=$timestamp${day%[/-]*}-${day#*[/-]}T${rest%% *}+00:00 ;;
    *) timestamp=$(date -u +%Y-%m-%dT%H:%M:%S+00:00) ;;
  esac
}

level_of() {
  case $1 in
    *\[emerg\]* | *\[alert\]* | *\[crit\]* | *FATAL:* | *PANIC:*) level=CRITICAL ;;
    *\[error\]* | *ERROR:* | *level=error* | *level=ERROR* | *" NOT "*) level=ERROR ;;
    *\[warn\]* | *WARNING:* | *level=warn* | *level=WARN* | *" # "*) level=WARNING ;;
    *) level=INFO ;;
  esac
}

told() {
  line=${1%"$return"}
  case $line in
    '') return ;;
    \{*\"correlation_id\"*\}) printf '%s\n' "$line"; return ;;
  esac
  timestamp_of "$line"
  level_of "$line"
  line=${line%%, client: *}
  [ "$name" != postgres ] || { hide_values "$line"; line=$replaced; }
  replace "$line" '\' '\\'
  replace "$replaced" '"' '\"'
  replace "$replaced" "$tab" ' '
  case $replaced in
    *[[:cntrl:]]*) replaced=$(printf '%s' "$replaced" | tr -d '[:cntrl:]') ;;
  esac
  printf '{"timestamp":"%s","level":"%s","logger":"%s","message":"%s","correlation_id":""}\n' \
    "$timestamp" "$level" "$name" "$replaced"
}

lines=${TMPDIR:-/tmp}/lines.$$
rm -f "$lines"
mkfifo -m 600 "$lines"
# It ends with the last who writes, so that a server's last words are told, too.
while IFS= read -r line || [ -n "$line" ]; do told "$line"; done < "$lines" &
telling=$!
# Held open here, the end would never come.
if [ -n "$is_only_errors" ]; then
  "$@" 2> "$lines" &
else
  "$@" > "$lines" 2>&1 &
fi
server=$!

for signal in HUP INT QUIT TERM USR1 USR2 WINCH; do
  trap "kill -s $signal $server 2>/dev/null" "$signal"
done
wait "$server"
code=$?
# A signal interrupts it; the server, if it ended meanwhile, has left its own.
while kill -0 "$server" 2>/dev/null; do
  wait "$server"
  code=$?
done
wait "$server" 2>/dev/null
last=$?
[ "$last" = 127 ] || code=$last
wait "$telling"
rm -f "$lines"
exit "$code"
