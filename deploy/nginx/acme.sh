#!/bin/sh
# A certificate by ACME (Let's Encrypt) for CERTIFICATE_HOST, renewed in time, in place of
# the one that lies in FOLDER. nginx answers the challenge out of FOLDER/challenges, and
# takes what is new by itself (reloading.sh). For certbot's image.
# usage: CERTIFICATE_HOST=... ACME_EMAIL=... ACME_SERVER=... acme.sh FOLDER
set -u
umask 027
folder=${1:?give the folder of the certificate}
work=${TMPDIR:-/tmp}
live=$folder/acme/live/tequipy
asleep=
trap '[ -z "$asleep" ] || kill "$asleep"; exit 0' TERM INT

take() {
  certbot certonly --quiet --non-interactive --agree-tos --no-eff-email \
    --email "$ACME_EMAIL" --server "$ACME_SERVER" --cert-name tequipy \
    --domain "$CERTIFICATE_HOST" --renew-with-new-domains --keep-until-expiring \
    --webroot --webroot-path "$folder/challenges" \
    --config-dir "$folder/acme" --work-dir "$work/acme" --logs-dir "$work/acme" || return 1
  cmp -s "$live/fullchain.pem" "$folder/tls.crt" && return
  # The certificate last: it is what nginx looks at.
  cp "$live/privkey.pem" "$folder/tls.key.new" && chmod 0640 "$folder/tls.key.new" \
    && cp "$live/fullchain.pem" "$folder/tls.crt.new" \
    && mv "$folder/tls.key.new" "$folder/tls.key" \
    && mv "$folder/tls.crt.new" "$folder/tls.crt" \
    && echo "a new certificate for $CERTIFICATE_HOST"
}

mkdir -p "$folder/challenges"
while :; do
  if take; then
    rm -f "$work/failed"
    pause=43200
  else
    # Let's Encrypt allows five failures an hour.
    echo "no certificate for $CERTIFICATE_HOST: the next try is in an hour" | tee "$work/failed" >&2
    pause=3600
  fi
  sleep "$pause" &
  asleep=$!
  wait "$asleep"
done
