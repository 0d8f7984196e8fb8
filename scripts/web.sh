#!/bin/sh
# Builds and checks the web app, frontend/.
#
#   scripts/web.sh build    into frontend/out, which chip serve sends; does nothing if nothing has changed
#   scripts/web.sh types    checks its types
#   scripts/web.sh test     runs its tests
#   scripts/web.sh browser  uses it in a real browser, served by build/chip (or CHIP); pictures go to build/screenshots
#
# Where there is no Node.js that is new enough (scripts/node.sh), build says so and goes on: chip works without
# the app. The others exit with 77, skipped, where build has not been. Details go to build/web.log.
set -eu

cd "$(dirname "$0")/.."
log=$PWD/build/web.log
task=${1:?usage: scripts/web.sh build|types|test|browser}
export NEXT_TELEMETRY_DISABLED=1 NO_COLOR=1

fail() {
    tail -n 15 "$log" >&2
    echo "web app: $1; all that was said is in build/web.log" >&2
    exit 1
}

# A hash of all that the app is made from.
sources() {
    (cd frontend && find . -type d \( -name node_modules -o -name .next -o -name out -o -name shots \) \
        -prune -o -type f ! -name next-env.d.ts ! -name '*.tsbuildinfo' -exec sha256sum {} +) |
        LC_ALL=C sort | sha256sum
}

# The packages of package-lock.json; none of their scripts run.
install() {
    wanted=$(sha256sum frontend/package-lock.json)
    [ "$(cat frontend/node_modules/.installed 2>/dev/null)" != "$wanted" ] || return 0
    command -v npm >/dev/null || fail "npm is missing: install it, or run scripts/setup.sh"
    echo "fetching the packages of the web app"
    npm_config_cache=$PWD/build/npm-cache npm_config_update_notifier=false \
        npm ci --prefix frontend --ignore-scripts --no-audit --no-fund >"$log" 2>&1 ||
        fail "npm could not fetch its packages. Is there a network?"
    rm -rf build/npm-cache
    echo "$wanted" >frontend/node_modules/.installed
}

build() {
    made_from=$(sources)
    [ "$(cat frontend/out/.made-from 2>/dev/null)" != "$made_from" ] || return 0
    if ! node=$(scripts/node.sh); then
        echo "the web app is not built: there is no Node.js 20.9 or later; scripts/setup.sh fetches one"
        return 0
    fi
    mkdir -p build
    : >"$log"
    install
    echo "building the web app (frontend/out)"
    (cd frontend && "$node/node" scripts/build-local.mjs) >>"$log" 2>&1 ||
        fail "it could not be built"
    echo "$made_from" >frontend/out/.made-from
}

# check COMMAND...: with the packages, in frontend/
check() {
    if ! node=$(scripts/node.sh) || [ ! -f frontend/node_modules/.installed ]; then
        echo "skipped: scripts/setup.sh && scripts/web.sh build get what it needs"
        exit 77
    fi
    cd frontend
    PATH=$node:$PWD/node_modules/.bin:$PATH
    for command; do
        $command
    done
}

case $task in
build) build ;;
types) check 'next typegen' 'tsc --noEmit' ;;
test) check 'vitest run' ;;
browser)
    command -v chromium >/dev/null || {
        echo "skipped: there is no Chromium; scripts/setup.sh test gets it"
        exit 77
    }
    [ -f build/sample/meeting.mp4 ] || samples/make.sh "${SPEAK:-build/tests/sample/speak}" build/sample
    check 'node --test --test-reporter=spec tests/e2e/journey.e2e.mjs tests/e2e/pages.e2e.mjs'
    ;;
*)
    echo "usage: scripts/web.sh build|types|test|browser" >&2
    exit 2
    ;;
esac
