#!/bin/sh
# Measures our server beside aiortc's echo and Pipecat's agent, in turns within one run, by the same callers.
#
#   sh client/probe/beside.sh             five rounds and the calls a core; about ten minutes
#   BESIDE_ROUNDS=3 BESIDE_FILL=no ...    fewer rounds, and no search for the calls that a core holds
#   BESIDE_CALLS=5 BESIDE_WINDOW=480 ...  callers under load; the silence in ms that ends an utterance
#   BESIDE_DETECTOR=energy ...            a voice detector that costs nothing, in place of Silero, in both agents
#   BESIDE_CALLS=0 BESIDE_STORM=0 ...     no load and no set-ups: how late, and how soon silent
#   BESIDE_OTHERS="aiortc pipecat" ...    whom to measure beside us; "" for ours alone
#   BESIDE_BIN=DIR ...                    the binaries in DIR instead of building them
#   BESIDE_OUT=DIR ...                    where the raw figures go, one JSON file a run
#
# The others come from PyPI, into the cache folder of whoever calls this, 0.6 GB once. Where PyPI cannot be reached, ours is
# measured alone. It ends with 1 when something did not work; which aims were missed, aims.py tells of the JSON.
set -eu
cd "$(dirname "$0")/../.."

ROUNDS=${BESIDE_ROUNDS:-5}
CALLS=${BESIDE_CALLS:-5}
WINDOW=${BESIDE_WINDOW:-480}
FILL=${BESIDE_FILL:-yes}
STORM=${BESIDE_STORM:-40}
EXCHANGES=${BESIDE_EXCHANGES:-6}
DETECTOR=${BESIDE_DETECTOR:-silero}
OTHERS=${BESIDE_OTHERS-aiortc pipecat}
PROFILE=${BESIDE_PROFILE:-${BENCH_PROFILE:-dev}}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/repartee
venv=$cache/beside
out=${BESIDE_OUT:-$cache/bench}
here=client/probe/beside

# The first call prepares what needs the network; the second runs where there is none but its own.
if [ "${1:-}" != within ]; then
    if [ -n "$OTHERS" ] && ! cmp -s $here/requirements.txt "$venv/.repartee-lock"; then
        echo "Fetching aiortc and Pipecat from PyPI for the bench (once; a minute, 0.6 GB)."
        rm -rf "$venv"
        if python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check \
            --only-binary :all: --no-binary docopt -r $here/requirements.txt; then
            cp $here/requirements.txt "$venv/.repartee-lock"
        else
            echo "PyPI gave no aiortc and Pipecat: ours is measured alone."
            OTHERS=
        fi
    fi
    if [ -n "${BESIDE_BIN:-${BENCH_BIN:-}}" ]; then
        bin=${BESIDE_BIN:-$BENCH_BIN}
    else
        cargo build --quiet --locked --profile "$PROFILE" -p server-daemon -p client-probe
        bin=${CARGO_TARGET_DIR:-target}/$PROFILE
        [ "$PROFILE" != dev ] || bin=${CARGO_TARGET_DIR:-target}/debug
    fi
    export BESIDE_OTHERS="$OTHERS" BESIDE_BIN="$bin"
    # A network of its own: no port is taken, and an address that is not 127.0.0.1, which aiortc passes over.
    for way in "unshare -n" "unshare -rn"; do
        # shellcheck disable=SC2086
        if $way sh -c "ip link set lo up && ip address add 10.77.0.1/32 dev lo" 2>/dev/null; then
            exec $way sh -c "ip link set lo up && ip address add 10.77.0.1/32 dev lo && sh client/probe/beside.sh within 10.77.0.1"
        fi
    done
    own=$(hostname -I 2>/dev/null | cut -d ' ' -f 1)
    exec sh client/probe/beside.sh within "${own:?this machine has no address but 127.0.0.1, which aiortc passes over}"
fi

address=$2
bin=$BESIDE_BIN
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM
mkdir -p "$out"

n=0
set --
for question in "Where did you put the other garden door?" "Could you read the whole letter again?" \
    "When will the morning train arrive?" "Do you remember the name of that road?"; do
    n=$((n + 1))
    voice=slt
    [ $((n % 2)) -eq 1 ] || voice=rms
    flite -voice $voice -t "$question" -o "$folder/$n.wav"
    set -- "$@" --say "$folder/$n.wav"
done
flite -voice slt -t "Please tell me when you are open." -o "$folder/crowd.wav"

# What both agents hear and say, 33 letters or two seconds of a tone, and how long each engine takes.
REPARTEE_SCRIPT=${BESIDE_SCRIPT:-'{"says": "How may we help you with this phone today", "recognition_ms": 0, "search_ms": 0, "words_ms": 0, "sound_ms": 0}'}
export REPARTEE_SCRIPT RUST_LOG=off REPARTEE_KEY=beside REPARTEE_SERVER_KEY=beside REPARTEE_SERVER_MOST_CALLS=400
# Nobody waits for a recognizer that costs nothing.
export REPARTEE_ENGINES_RECOGNIZER_THREADS=128
export REPARTEE_ENGINES_RECOGNIZER=scripted REPARTEE_ENGINES_LANGUAGE_MODEL=scripted REPARTEE_ENGINES_SYNTHESIZER=scripted
[ "$DETECTOR" = silero ] || export REPARTEE_ENGINES_VOICE_DETECTOR=scripted

# The generator goes before everything else on the machine, where that is allowed, and all servers alike before other work.
first= normal=
if chrt -r 1 true 2>/dev/null; then
    first="chrt -r 1" normal="chrt -o 0 nice -n -10"
fi

set -- "$@" --ours "http://$address:8981 $normal $bin/repartee serve --listen $address:8981 --data $folder/data"
for other in $OTHERS; do
    case $other in
    aiortc) set -- "$@" --aiortc "http://$address:8982 $normal $venv/bin/python $here/echo.py http://$address:8982" ;;
    pipecat) set -- "$@" --pipecat "http://$address:8983 $normal $venv/bin/python $here/agent.py http://$address:8983 --window $WINDOW --detector $DETECTOR" ;;
    *) echo "BESIDE_OTHERS knows aiortc and pipecat, not $other."; exit 1 ;;
    esac
done
if [ -n "$OTHERS" ]; then
    for version in $("$venv/bin/pip" freeze --disable-pip-version-check | grep -iE '^(aiortc|pipecat-ai|av|numpy|onnxruntime)=='); do
        set -- "$@" --version "$(echo "$version" | sed s/==/=/)"
    done
    set -- "$@" --version "python=$("$venv/bin/python" -c 'import platform; print(platform.python_version())')"
fi
set -- "$@" --version "repartee=$(git describe --always --dirty 2>/dev/null || echo unknown)" --version "profile=$PROFILE"
[ "$FILL" = no ] || set -- "$@" --fill

raw=$out/beside-$(date -u +%Y%m%dT%H%M%SZ).json
# shellcheck disable=SC2086
$first "$bin/probe" beside "$@" --crowd-says "$folder/crowd.wav" --rounds "$ROUNDS" --calls "$CALLS" --window "$WINDOW" \
    --storm "$STORM" --exchanges "$EXCHANGES" --version "detector=$DETECTOR" --version "generator=${first:-like any program}" \
    --logs "$folder" --out "$raw"
echo "All of it: $raw"
