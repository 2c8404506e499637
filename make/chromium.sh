#!/bin/sh
# Prints the path of a Chromium that Playwright can drive; installs one if there is none.
# $1 is the virtual environment. RT_WIDGET_CHROMIUM wins over everything found.
set -u
venv=$1
here=$(dirname "$0")

found() {
    path=$(command -v "$1" 2>/dev/null) || return 1
    # On Ubuntu the package is a script that starts a snap, which sees no files of ours.
    case "$path:$(readlink -f "$path")" in /snap/* | */bin/snap) return 1 ;; esac
    ! head -c 4096 "$path" | grep -aq /snap/ || return 1
    printf '%s\n' "$path"
}

search() {
    for name in chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        found "$name" && return
    done
    path=$("$venv/bin/python" - <<'PYTHON'
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
PYTHON
    ) && [ -x "$path" ] && printf '%s\n' "$path"
}

# Playwright's own Node needs a library that a small Debian or Ubuntu does not have.
"$here/library.sh" libatomic1 "$venv/bin/playwright" --version || exit 1
if [ -n "${RT_WIDGET_CHROMIUM:-}" ]; then
    [ -x "$RT_WIDGET_CHROMIUM" ] && printf '%s\n' "$RT_WIDGET_CHROMIUM" && exit
    echo "RT_WIDGET_CHROMIUM=$RT_WIDGET_CHROMIUM cannot be run." >&2
    exit 1
fi
search && exit
if grep -qs '^ID=debian' /etc/os-release && "$here/apt.sh" chromium fonts-liberation; then
    search && exit
fi
echo "== playwright install chromium" >&2
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    "$venv/bin/playwright" install --with-deps chromium >&2
else
    "$venv/bin/playwright" install chromium >&2
fi && search && exit
echo "The browser tests need Chromium. Do one of these, then try again:" >&2
echo "    sudo apt-get install chromium                     (Debian)" >&2
echo "    $venv/bin/playwright install --with-deps chromium" >&2
echo "    export RT_WIDGET_CHROMIUM=/path/to/chrome" >&2
exit 1
