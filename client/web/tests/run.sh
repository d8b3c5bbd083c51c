#!/bin/sh
# Runs the browser tests: the page against a fake peer, then real calls to a real server, from Chromium, Firefox,
# OpenAI's own client and aiortc. Fetches what drives them when it is not there yet.
#   client/web/tests/run.sh [FILE...]     all of them, or only these
set -eu
cd "$(dirname "$0")/.."

mark=node_modules/.repartee-lock
cmp -s package-lock.json "$mark" || {
    echo "Fetching what drives the browsers."
    PUPPETEER_SKIP_DOWNLOAD=1 npm ci --no-audit --no-fund --silent
    cp package-lock.json "$mark"
}

venv="${XDG_CACHE_HOME:-$HOME/.cache}/repartee/second-stack"
cmp -s tests/live/requirements.txt "$venv/.repartee-lock" || {
    echo "Fetching aiortc, the second WebRTC stack."
    /usr/bin/python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r tests/live/requirements.txt
    cp tests/live/requirements.txt "$venv/.repartee-lock"
}
export REPARTEE_TEST_PYTHON="$venv/bin/python"

# One file at a time: calls share two cores with the server that they call.
[ $# -gt 0 ] || set -- tests/*.test.mjs tests/live/*.test.mjs
exec node --test --test-concurrency=1 "$@"
