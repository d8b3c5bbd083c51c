#!/bin/sh
# Runs the page's tests in Chromium. Fetches playwright-core (pinned in package-lock.json) when it is not there yet.
#   client/web/tests/run.sh [FILE...]     all of them, or only these
set -eu
cd "$(dirname "$0")/.."

wanted=$(sed -n 's/.*"playwright-core": "\([^"]*\)".*/\1/p' package.json)
have=$(sed -n 's/^  "version": "\([^"]*\)".*/\1/p' node_modules/playwright-core/package.json 2>/dev/null || true)
[ "$wanted" = "$have" ] || npm ci --no-audit --no-fund --silent

[ $# -gt 0 ] || set -- tests/*.test.mjs
exec node --test "$@"
