#!/usr/bin/env bash
# All tests: make/tests.sh PYTHON [pytest's arguments]
#
# Those with a browser run beside the others: two browsers at once would make each other late, and one that
# waits for sound leaves a core free. Those with the real voice need both cores, and come when these are done.
set -uo pipefail
python="$1"
shift

readonly NOTHING=5 # pytest's exit code when it finds no test
said="$(mktemp)"
trap 'kill "$browser" 2>/dev/null; rm -f "$said"' EXIT

run() { # MARKS [pytest's arguments]
    local marks="$1"
    shift
    "$python" -m pytest --durations=15 "$@" -m "$marks and not live"
}

run "browser and not weights" "$@" >"$said" 2>&1 &
browser=$!
run "not browser and not weights" "$@"
others=$?
wait "$browser"
shown=$?
echo "== pytest, with a browser"
cat "$said"
echo "== pytest, with the real voice"
run "weights" "$@"
spoken=$?

found=$NOTHING
for code in "$others" "$shown" "$spoken"; do
    case "$code" in
    0) [ "$found" = "$NOTHING" ] && found=0 ;;
    "$NOTHING") ;;
    *) found="$code" ;;
    esac
done
exit "$found"
