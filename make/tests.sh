#!/usr/bin/env bash
# All tests, those with a browser beside the others: make/tests.sh PYTHON [pytest's arguments]
#
# Two browsers at once would make each other late; one that waits for sound leaves a core free. What the
# browser's tests say comes after the rest. Without a test on one side the other decides.
set -uo pipefail
python="$1"
shift

readonly NOTHING=5 # pytest's exit code when it finds no test
said="$(mktemp)"
trap 'kill "$browser" 2>/dev/null; rm -f "$said"' EXIT

"$python" -m pytest --durations=12 "$@" -m "browser and not live" >"$said" 2>&1 &
browser=$!
"$python" -m pytest --durations=25 "$@" -m "not browser and not live"
others=$?
wait "$browser"
shown=$?

echo "== pytest, with a browser"
cat "$said"
[ "$shown" = "$NOTHING" ] && shown=$others
[ "$others" = "$NOTHING" ] && others=$shown
exit $((others ? others : shown))
