#!/bin/sh
# Fetches the weights that the built-in engines can use: Silero's voice detector, 1.3 MB.
# Run again it does nothing. Without a network it says so and leaves: the server works without.
set -u

version=6.2.3
file=silero_vad_openvino_16k.onnx
sha256=7776b81ad1b0350c15d7f1555943b9232eb53e9ca5d989c6d0cea9ebc8664d87
weights=${REPARTEE_WEIGHTS:-${XDG_CACHE_HOME:-$HOME/.cache}/repartee/weights}

say() { printf 'weights: %s\n' "$1"; }

# Not having them is no failure: earshot, compiled in, takes their place.
leave() {
    say "$1"
    say "voice detection uses earshot instead, which mistakes music for voice more often; try again later: sh models/setup.sh"
    exit 0
}

is_whole() { [ -f "$1" ] && printf '%s  %s\n' "$sha256" "$1" | sha256sum --check --status 2>/dev/null; }

if is_whole "$weights/$file"; then
    exit 0
fi

command -v sha256sum >/dev/null || leave "sha256sum is missing, so nothing fetched can be checked (Debian: coreutils)"
command -v python3 >/dev/null || leave "python3 is missing, it fetches the weights (Debian: python3)"

umask 022
mkdir -p "$weights" || leave "$weights cannot be made"
work=$(mktemp -d "$weights/.fetching.XXXXXX") || leave "$weights cannot be written to"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

say "fetching Silero's voice detector from the package silero-vad $version on PyPI (11 MB, of which 1.3 MB are kept)"

# pip honours the machine's index, proxy and certificates. Debian hides it from python3 itself unless
# python3-pip is installed, but not from a venv.
with_pip() { "$@" -m pip --quiet --disable-pip-version-check download --no-deps --only-binary :all: \
    --timeout 20 --retries 1 --dest "$work" "silero-vad==$version" >"$work/log" 2>&1; }

# The same by the index's plain JSON, for machines without any pip.
with_python() { python3 - "$version" "$work" >"$work/log" 2>&1 <<'PYTHON'
import json, os, sys, urllib.request
version, folder = sys.argv[1:]
index = f"https://pypi.org/pypi/silero-vad/{version}/json"
with urllib.request.urlopen(index, timeout=20) as answer:
    wheel = next(f for f in json.load(answer)["urls"] if f["filename"].endswith(".whl"))
if not wheel["url"].startswith("https://"):
    sys.exit("the index points to a place without TLS")
with urllib.request.urlopen(wheel["url"], timeout=60) as answer:
    content = answer.read(64 << 20)
with open(os.path.join(folder, os.path.basename(wheel["filename"])), "wb") as out:
    out.write(content)
PYTHON
}

with_venv() { python3 -m venv "$work/venv" >"$work/log" 2>&1 && with_pip "$work/venv/bin/python"; }

with_pip python3 || with_venv || with_python ||
    leave "they cannot be fetched: $(tail -n 1 "$work/log" 2>/dev/null)"

# Both names are ours: nothing of the package decides where a file goes.
python3 - "$work" "$file" >"$work/log" 2>&1 <<'PYTHON' || leave "the package cannot be opened: $(tail -n 1 "$work/log")"
import glob, sys, zipfile
folder, name = sys.argv[1:]
with zipfile.ZipFile(glob.glob(folder + "/*.whl")[0]) as wheel:
    content = wheel.read("silero_vad/data/" + name)
with open(f"{folder}/{name}", "wb") as out:
    out.write(content)
PYTHON

is_whole "$work/$file" || leave "what came is not Silero v6.2: its SHA-256 differs from the one pinned here"

mv "$work/$file" "$weights/$file" || leave "$weights cannot be written to"
say "Silero's voice detector is in $weights, checked by its SHA-256"
