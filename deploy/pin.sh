#!/bin/sh
# Writes deploy/compose.pinned.yaml: what the tags of all images that are not ours, and
# of the base image of ours, name today. It goes last into COMPOSE_FILE, and into git if
# you like; run this again to take newer ones.
# usage: deploy/pin.sh
set -eu
cd "$(dirname "$0")/.."

target=deploy/compose.pinned.yaml
base=$(sed -n 's/^FROM \([^ ]*\)$/\1/p' deploy/Dockerfile)
trap 'rm -f "$target.new"' EXIT

pinned() {
  digest=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$1" | head -n 1)
  case "$digest" in
    *@sha256:*) echo "$1@${digest#*@}" ;;
    *) echo "pin.sh: $1 has no digest: it did not come from a registry." >&2; exit 1 ;;
  esac
}

images() {
  docker compose config | awk '
    /^[a-z]/ { section = $1 }
    section == "services:" && /^  [^ ]+:$/ { service = substr($1, 1, length($1) - 1) }
    section == "services:" && /^    image: / { print service, $2 }'
}

docker compose pull --quiet --ignore-buildable
docker pull --quiet "$base" > /dev/null
from=$(pinned "$base")
{
  echo "# Written by deploy/pin.sh on $(date -u +%F)."
  echo "services:"
  images | while read -r service image; do
    image=${image%@*}
    case "$image" in
      tequipy-frontend:* | tequipy-backend:*) ;;
      *)
        is=$(pinned "$image") || exit 1
        printf '  %s: {image: "%s"}\n' "$service" "$is"
        ;;
    esac
  done
  for service in frontend backend; do
    printf '  %s: {build: {additional_contexts: {"%s": "docker-image://%s"}}}\n' \
      "$service" "$base" "$from"
  done
} > "$target.new"
mv "$target.new" "$target"
echo "$target written: add it to COMPOSE_FILE in .env."
