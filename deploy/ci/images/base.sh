#!/usr/bin/env bash
# Prints, as a tar, a root filesystem like that of python:3.12-slim: Debian with a
# Python in /usr/local. For machines without an image registry; the Dockerfile and
# compose.yaml stay as they are and find it under the official name.
# usage: base.sh | docker import ... - python:3.12-slim
set -euo pipefail
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

packages=ca-certificates,netbase,tzdata,libssl3,libffi8,libsqlite3-0,zlib1g,libbz2-1.0
packages+=,liblzma5,libreadline8,libncursesw6,libuuid1,libexpat1,libgdbm6,libnsl2,libtirpc3
prefix=
for candidate in /usr/local/bin/python3.12 "$(pyenv prefix 3.12.1 2>/dev/null || true)/bin/python3.12"; do
  if [[ -x $candidate ]]; then prefix=$(dirname "$(dirname "$candidate")"); break; fi
done
[[ -n $prefix ]] || packages+=,python3,python3-venv,python3-pip

# The sources this machine itself installs from.
sources=$(cat /etc/apt/sources.list 2>/dev/null | grep '^deb ' || true)
if [[ -z $sources ]]; then
  sources=$(apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' \
    | sort -u | awk '{ all[$1" "$2] = all[$1" "$2]" "$3 } END { for (one in all) print "deb [trusted=yes] " one all[one] }')
fi
mmdebstrap --quiet --variant=minbase --mode=root --include="$packages" \
  bookworm "$root" - <<<"$sources" >&2

# What reaches this machine's package sources, reaches them in the build too.
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
if [[ -f /etc/pip.conf ]]; then cp /etc/pip.conf "$root/etc/"; fi

if [[ -n $prefix ]]; then
  mkdir -p "$root/usr/local/lib" "$root/usr/local/bin"
  cp -a "$prefix"/lib/libpython3*.so* "$root/usr/local/lib/" 2>/dev/null || true
  tar -C "$prefix/lib" --exclude='python3.12/test' --exclude='site-packages/*' \
    --exclude='__pycache__' --exclude='config-3.12*' --exclude='idlelib' \
    -cf - python3.12 | tar -C "$root/usr/local/lib" -xf -
  cp -a "$prefix/bin/python3.12" "$root/usr/local/bin/"
  ln -sf python3.12 "$root/usr/local/bin/python3"
  chroot "$root" ldconfig
  chroot "$root" /usr/local/bin/python3 -m ensurepip --upgrade --default-pip >&2
else
  ln -sf /usr/bin/python3 "$root/usr/local/bin/python3"
fi
ln -sf python3 "$root/usr/local/bin/python"
tar -C "$root" -cf - .
