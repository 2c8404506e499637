#!/bin/sh
# Makes the virtual environment $1, with a pip that knows dependency groups.
set -eu
venv=$1
here=$(dirname "$0")

if ! [ -x "$venv/bin/python" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    python=$("$here/python.sh")
    # Debian and Ubuntu ship Python without the part that puts pip into an environment.
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        "$here/apt.sh" "$package" || {
            echo "This Python cannot make virtual environments yet. Run this, then try again:" >&2
            echo "    sudo apt-get install $package" >&2
            exit 1
        }
    fi
    "$python" -m venv --clear "$venv"
fi
"$venv/bin/python" -m pip install --quiet --upgrade 'pip>=25.1'
