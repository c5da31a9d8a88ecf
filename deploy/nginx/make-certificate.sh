#!/bin/sh
# A self-signed certificate for the first start; one that lies there is left alone.
set -eu
folder=${1:-/var/lib/tequipy/certificates}
host=${CERTIFICATE_HOST:-localhost}
if [ -s "$folder/tls.crt" ] && [ -s "$folder/tls.key" ]; then
  exit 0
fi
umask 027
openssl req -x509 -newkey rsa:2048 -nodes -days 825 -subj "/CN=$host" \
  -addext "subjectAltName=DNS:$host,DNS:localhost,IP:127.0.0.1" \
  -keyout "$folder/tls.key.new" -out "$folder/tls.crt.new" 2>/dev/null
mv "$folder/tls.key.new" "$folder/tls.key"
mv "$folder/tls.crt.new" "$folder/tls.crt"
chmod 0640 "$folder/tls.key"
echo "made a self-signed certificate for $host"
