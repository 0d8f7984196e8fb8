#!/bin/sh
# Prints the folder of a Node.js that is new enough for the web app, 20.9 or later: that on the PATH, else the
# one that scripts/setup.sh has fetched. Exits with 1 if there is none.
set -eu

cd "$(dirname "$0")/.."

is_new_enough() {
    version=$("$1" --version 2>/dev/null) || return 1
    major=${version#v}
    minor=${major#*.}
    major=${major%%.*}
    minor=${minor%%.*}
    [ "$major" -gt 20 ] || { [ "$major" -eq 20 ] && [ "$minor" -ge 9 ]; }
} 2>/dev/null

for node in "$(command -v node || :)" "$PWD"/build/npm/node-linux-*/bin/node; do
    if [ -x "$node" ] && is_new_enough "$node"; then
        dirname "$node"
        exit 0
    fi
done
exit 1
