#!/bin/sh
# Makes sure that a command starts whose programs need a library of the system:
#     library.sh DEBIAN-PACKAGE COMMAND...
set -u
package=$1
shift

"$@" >/dev/null 2>&1 && exit
"$(dirname "$0")/apt.sh" "$package" && "$@" >/dev/null && exit
echo "This does not start here: $*" >&2
echo "On Debian and Ubuntu: sudo apt-get install $package, then try again." >&2
exit 1
