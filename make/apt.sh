#!/bin/sh
# Installs Debian packages when that can be done without asking: as root, with apt.
set -eu
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || exit 1
export DEBIAN_FRONTEND=noninteractive
echo "== apt-get install $*" >&2
apt-get update -qq >&2
apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@" >/dev/null
