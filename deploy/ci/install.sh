#!/usr/bin/env bash
# Installs what `make test-deployment` needs of Debian, and checkov, whose pins fit
# nothing else, in an environment of its own. Runs as root.
set -euo pipefail
cd "$(dirname "$0")/../.."

packages=(
  age busybox certbot chromium curl docker.io fonts-dejavu-core gnupg iptables mmdebstrap nginx-light
  openssl podman postgresql procps prometheus prometheus-alertmanager
  prometheus-blackbox-exporter prometheus-node-exporter prometheus-postgres-exporter
  prometheus-process-exporter prometheus-redis-exporter python3-venv redis-server runc
  catatonit netavark aardvark-dns
)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' \
    || missing+=("$package")
done
if ((${#missing[@]})); then
  # The packages' services are not wanted, only their programs.
  if [[ ! -e /usr/sbin/policy-rc.d ]]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
fi

if [[ ! -x .venv-checkov/bin/checkov ]]; then
  python3 -m venv .venv-checkov
  .venv-checkov/bin/pip install --quiet --no-compile --disable-pip-version-check checkov==3.3.30
fi
