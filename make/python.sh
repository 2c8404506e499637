#!/bin/sh
# Prints the command of a Python 3.11 or newer: $PYTHON if given, else the first on PATH.
set -u

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    new_enough "$PYTHON" && echo "$PYTHON" && exit
    echo "PYTHON=$PYTHON does not run, or is older than 3.11." >&2
    exit 1
fi
for name in python3 python3.13 python3.12 python3.11 python3.14 python; do
    new_enough "$name" && echo "$name" && exit
done
echo "No Python 3.11 or newer on PATH. Install one, or name it: make PYTHON=/path/to/python3" >&2
echo "On Debian and Ubuntu: sudo apt-get install python3 python3-venv" >&2
exit 1
