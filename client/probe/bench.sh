#!/bin/sh
# Measures a server on this machine with the probe, and prints each figure beside its aim.
#
#   make bench                     all of it, about half an hour
#   BENCH_QUESTIONS=5 make bench   fewer questions
#   BENCH_SENTENCES=10 make bench  fewer sentences with pauses, and fewer over a bad network
#   BENCH_CROWD="2 4" make bench   other numbers of callers who talk with the built-in engines; "" for none
#   BENCH_SOUNDS=120 make bench    more sounds over the agent's voice; 0 for none
#   BENCH_BESIDE=no make bench     nothing beside aiortc and Pipecat (ten minutes less)
#   BENCH_BIN=DIR make bench       the binaries in DIR instead of building them
#
# Figures stand for this machine as it is now: run it on an idle one. It ends with 1, and says with what, when something did
# not work (a call lost, a reply missing) or an aim was missed.
set -eu
cd "$(dirname "$0")/../.."

PROFILE=${BENCH_PROFILE:-dev}
QUESTIONS=${BENCH_QUESTIONS:-30}
SENTENCES=${BENCH_SENTENCES:-40}
SOUNDS=${BENCH_SOUNDS:-60}
CROWD=${BENCH_CROWD-2 4 6 8 12 16}
PORT=${BENCH_PORT:-8971}
URL=http://127.0.0.1:$PORT
folder=$(mktemp -d)
export BENCH_MISSED="$folder/missed"
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

# aims PART: what the probe wrote, beside its aims.
aims() { python3 client/probe/aims.py "$1" "$folder/$1.json"; }

# probes PART ...: has the probe find a part's figures; what it complains of counts as missed.
probes() {
    part=$1
    shift
    "$probe" "$@" --url "$URL" --json >"$folder/$part.json" 2>"$folder/complaint" || tee -a "$BENCH_MISSED" <"$folder/complaint"
    aims "$part"
}

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

title "$n questions, built-in engines"
serve RUST_LOG=error
probes questions call "$@"

title "Sentences with a pause of 500 to 700 ms inside"
python3 client/probe/spoken.py pauses --url "$URL" --probe "$probe" --most "$SENTENCES"

title "Engines of fixed delays, speculation off and on, in simulated time (aim: 80 % hidden, at most 40 % wasted)"
cargo test --quiet --locked -p server-conversation --test speculation -- --nocapture --test-threads 1 >"$folder/speculation" 2>&1 ||
    echo "speculation hides too little, or wastes too much" | tee -a "$BENCH_MISSED"
grep -E ' ms|%' "$folder/speculation"

title "A clean and a bad network"
python3 client/probe/spoken.py lossy --url "$URL" --probe "$probe" --most "$SENTENCES"

if [ "$SOUNDS" -gt 0 ]; then
    title "$SOUNDS sounds over the agent's voice, built-in engines"
    serve RUST_LOG=error
    probes barge barge --count "$SOUNDS"
fi

title "Callers who talk at the same time, built-in engines (held: every reply whole, p95 under 3 s)"
for calls in $CROWD; do
    serve RUST_LOG=error
    "$probe" load --url "$URL" --calls "$calls" "$@" --for 30 --pid "$server" --json >"$folder/crowd.json" 2>/dev/null || true
    aims crowd || break
done

title "50 idle calls"
serve RUST_LOG=error
probes idle idle --calls 50 --for 20 --pid "$server"

scripted="RUST_LOG=error REPARTEE_ENGINES_RECOGNIZER=scripted REPARTEE_ENGINES_LANGUAGE_MODEL=scripted REPARTEE_ENGINES_SYNTHESIZER=scripted"
title "20 talking calls, scripted engines behind the default voice detector"
# shellcheck disable=SC2086
serve $scripted
probes talking load --calls 20 --say "$folder/1.wav" --for 30 --pid "$server"

title "200 connects and hang-ups"
# shellcheck disable=SC2086
serve $scripted
probes churn churn --cycles 200 --at-once 4 --pid "$server"
stop

if [ "${BENCH_BESIDE:-yes}" != no ]; then
    title "Beside aiortc and Pipecat (its own rounds; BENCH_BESIDE=no leaves them out)"
    BESIDE_BIN=$bin BESIDE_PROFILE=$PROFILE BESIDE_OUT=${BESIDE_OUT:-${XDG_CACHE_HOME:-$HOME/.cache}/repartee/bench} \
        sh client/probe/beside.sh | tee "$folder/beside"
    cp "$(sed -n 's/^All of it: //p' "$folder/beside")" "$folder/beside.json"
    aims beside
fi

title "All aims"
python3 client/probe/aims.py missed
