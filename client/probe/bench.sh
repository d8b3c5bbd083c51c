#!/bin/sh
# Measures a server on this machine with the probe, and prints each figure beside its aim.
#
#   make bench                     all of it, about half an hour
#   BENCH_QUESTIONS=5 make bench   fewer questions
#   BENCH_SENTENCES=10 make bench  fewer sentences with pauses, and fewer over a bad network
#   BENCH_CROWD="2 4" make bench   other numbers of callers who talk with the built-in engines; "" for none
#   BENCH_BESIDE=no make bench     nothing beside aiortc and Pipecat (ten minutes less)
#   BENCH_BIN=DIR make bench       the binaries in DIR instead of building them
#
# Figures stand for this machine as it is now: run it on an idle one. It ends with 1 when something did not
# work (a call lost, a reply missing), not when an aim was missed.
set -eu
cd "$(dirname "$0")/../.."

PROFILE=${BENCH_PROFILE:-dev}
QUESTIONS=${BENCH_QUESTIONS:-30}
SENTENCES=${BENCH_SENTENCES:-40}
CROWD=${BENCH_CROWD-2 4 6 8 12 16}
PORT=${BENCH_PORT:-8971}
URL=http://127.0.0.1:$PORT
folder=$(mktemp -d)
server=
trap 'stop; rm -rf "$folder"' EXIT INT TERM

stop() {
    [ -z "$server" ] || { kill -INT "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
    server=
}

# Built-in means built in, whatever this shell is set to.
unset OPENAI_BASE_URL

# serve ENVIRONMENT...: a fresh server, ready to talk.
serve() {
    stop
    env "$@" "$bin/repartee" serve --listen "127.0.0.1:$PORT" --data "$folder/data" >"$folder/server.log" 2>&1 &
    server=$!
    tries=0
    until python3 -c "import urllib.request; urllib.request.urlopen('$URL/readyz')" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || { echo "The server does not come up:"; cat "$folder/server.log"; exit 1; }
        kill -0 "$server" 2>/dev/null || { echo "The server is gone:"; cat "$folder/server.log"; exit 1; }
        sleep 0.1
    done
}

title() { printf '\n── %s ──\n' "$*"; }

if [ -n "${BENCH_BIN:-}" ]; then
    bin=$BENCH_BIN
else
    cargo build --quiet --locked --profile "$PROFILE" -p server-daemon -p client-probe
    bin=${CARGO_TARGET_DIR:-target}/$PROFILE
    [ "$PROFILE" != dev ] || bin=${CARGO_TARGET_DIR:-target}/debug
fi
probe=$bin/probe

n=0
set --
while [ $n -lt "$QUESTIONS" ] && IFS= read -r question; do
    n=$((n + 1))
    flite -voice slt -t "$question" -o "$folder/$n.wav"
    set -- "$@" --say "$folder/$n.wav"
done <client/probe/questions.txt

title "$n questions, built-in engines (aim: voice to voice p50 under 900 ms)"
serve RUST_LOG=error
"$probe" call --url "$URL" "$@" --json >"$folder/questions.json" || { cat "$folder/questions.json"; exit 1; }
python3 - "$folder/questions.json" <<'PYTHON'
import json, sys
summary = json.load(open(sys.argv[1]))["summary"]
show = lambda name, spread: print(f"{name:16} p50 {spread['p50_ms']:7.0f} ms   p95 {spread['p95_ms']:7.0f} ms   of {spread['count']}")
for name, spread in sorted(summary["stages"].items(), key=lambda item: item[1]["p50_ms"]):
    show(name, spread)
show("voice to voice", summary["voice_to_voice"])
print(f"answered before the end: {summary['answered_before_end']}")
PYTHON

title "Sentences with a pause of 500 to 700 ms inside (aim: at most 10 % answered before their end)"
python3 client/probe/spoken.py pauses --url "$URL" --probe "$probe" --most "$SENTENCES"

title "Engines of fixed delays, speculation off and on, in simulated time (aim: 80 % hidden, at most 40 % wasted)"
cargo test --quiet --locked -p server-conversation --test speculation -- --nocapture --test-threads 1 | grep -E ' ms|%'

title "A clean and a bad network (aim: every reply whole, at most 5 points more words wrong)"
python3 client/probe/spoken.py lossy --url "$URL" --probe "$probe" --most "$SENTENCES"

title "Callers who talk at the same time, built-in engines (held: every reply whole, p95 under 3 s)"
for calls in $CROWD; do
    serve RUST_LOG=error
    "$probe" load --url "$URL" --calls "$calls" "$@" --for 30 --pid "$server" --json >"$folder/crowd.json" 2>/dev/null || true
    python3 - "$folder/crowd.json" <<'PYTHON' || break
import json, sys
found = json.load(open(sys.argv[1]))
asked, p95 = found["utterances"], found["voice_to_voice_p95_ms"] or float("inf")
held = found["held"] == found["calls"] and found["replies_whole"] == asked and p95 < 3000
traffic, spent = found["traffic"], found["spent"]
doubtful = ", doubtful: the caller was late" if traffic["late_frames"] * 100 > traffic["sent_packets"] else ""
print(f"{found['calls']:3} calls {'hold' if held else 'do not hold'}: {found['replies_whole']} of {asked} replies whole, "
      f"{asked - found['replies_heard']} missing, voice to voice p50 {found['voice_to_voice_p50_ms'] or 0:.0f} ms "
      f"p95 {p95:.0f} ms, {spent['cpu_percent']:.0f} % of a core, {spent['memory_kb'] / 1024:.0f} MB{doubtful}")
sys.exit(0 if held else 1)
PYTHON
done

title "50 idle calls (aim: 0.5 % of a core and 2 MB a call)"
serve RUST_LOG=error
"$probe" idle --url "$URL" --calls 50 --for 20 --pid "$server"

scripted="RUST_LOG=error REPARTEE_ENGINES_RECOGNIZER=scripted REPARTEE_ENGINES_LANGUAGE_MODEL=scripted REPARTEE_ENGINES_SYNTHESIZER=scripted"
title "20 talking calls, scripted engines behind the default voice detector (aim: 1.5 % of a core a call, all heard)"
# shellcheck disable=SC2086
serve $scripted
"$probe" load --url "$URL" --calls 20 --say "$folder/1.wav" --for 30 --pid "$server"

title "Beside aiortc and Pipecat (its own rounds; BENCH_BESIDE=no leaves them out)"
stop
[ "${BENCH_BESIDE:-yes}" = no ] || BESIDE_BIN=$bin BESIDE_PROFILE=$PROFILE sh client/probe/beside.sh

title "200 connects and hang-ups (aim: no growth)"
# shellcheck disable=SC2086
serve $scripted
"$probe" churn --url "$URL" --cycles 200 --at-once 4 --pid "$server"
