#!/bin/sh
# Installs what is missing on Debian, says what and why, and is silent when nothing is.
#   server/setup.sh run     what the server needs to build and to speak
#   server/setup.sh test    that, and what the tests need: browsers, Node, Python
set -eu

purpose=${1:-run}
rust=1.95

say() { printf '%s\n' "$*"; }

# package                what it is for
run_packages='
ca-certificates          registries are reached over TLS
cmake                    builds libopus, whisper.cpp and llama.cpp
g++                      builds libopus, ring, whisper.cpp and llama.cpp
libclang-dev             reads the headers of llama.cpp for Rust
make                     drives both builds
libpocketsphinx3         the built-in recognizer
libsphinxbase3           the built-in recognizer
pocketsphinx-en-us       its English model
flite                    the built-in voice
espeak-ng                sounds out words that no dictionary has
python3                  unpacks the voice detector'"'"'s weights
python3-venv             fetches them
'
test_packages='
chromium                 places calls as a browser
firefox-esr              places calls as another browser
pulseaudio               a sound card for it that nobody hears
nodejs                   drives the browsers
npm                      fetches what drives them
fonts-dejavu-core        letters for the screenshots
procps                   measures the server in the benchmarks
'

# Node may come from elsewhere than Debian: then Debian'"'"'s would only be in the way.
provided() {
    case $1 in
        nodejs) command -v node >/dev/null 2>&1 ;;
        npm) command -v npm >/dev/null 2>&1 ;;
        g++ | cmake | make | python3) command -v "$1" >/dev/null 2>&1 ;;
        python3-venv) /usr/bin/python3 -c 'import ensurepip, venv' >/dev/null 2>&1 ;;
        *) return 1 ;;
    esac
}

check_rust() {
    have=$(rustc --version 2>/dev/null | sed -n 's/^rustc \([0-9]*\.[0-9]*\).*/\1/p')
    [ -n "$have" ] || {
        say "Repartee needs Rust $rust or newer, and there is no rustc here. https://rustup.rs has it:"
        say "  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
        exit 1
    }
    oldest=$(printf '%s\n%s\n' "$rust" "$have" | sort -t. -k1,1n -k2,2n | head -n 1)
    [ "$oldest" = "$rust" ] || {
        say "Repartee needs Rust $rust or newer; this is $have. To mend it:  rustup update stable"
        exit 1
    }
}

missing() {
    printf '%s\n' "$1" | while read -r package reason; do
        [ -n "$package" ] || continue
        provided "$package" && continue
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$status" = installed ] || printf '%s %s\n' "$package" "$reason"
    done
}

install() {
    list=$1
    names=$(printf '%s\n' "$list" | cut -d' ' -f1 | tr '\n' ' ')
    say "These Debian packages are missing:"
    printf '%s\n' "$list" | while read -r package reason; do printf '  %-22s %s\n' "$package" "$reason"; done
    if [ "$(id -u)" = 0 ]; then
        as=
    elif sudo -n true 2>/dev/null; then
        as=sudo
    else
        say "Only root can install them. Run this line, then the same command again:"
        say "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $names"
        exit 1
    fi
    say "Installing them."
    $as apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $as apt-get install -y -qq --no-install-recommends $names >/dev/null
}

packages=$run_packages
[ "$purpose" = test ] && packages="$run_packages$test_packages"
if command -v dpkg-query >/dev/null 2>&1; then
    list=$(missing "$packages")
    [ -z "$list" ] || install "$list"
else
    say "This is not Debian: see that these are installed under whatever names they have here:"
    printf '%s\n' "$packages" | sed '/^$/d; s/^/  /'
fi
check_rust
