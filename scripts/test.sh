#!/bin/sh
# Builds chip twice, plainly (with the web app) and with address and undefined-behaviour
# sanitizers, and runs all tests in both, those of the web app once. The last line is "N passed, N failed, N skipped" over both.
set -eu

cd "$(dirname "$0")/.."
failed=0
logs=
for folder in build build-asan; do
    log=$folder/meson-logs/testlog.json
    logs="$logs $log"
    rm -f "$log"
    scripts/build.sh "$folder" || {
        failed=1
        continue
    }
    [ "$folder" != build ] || scripts/web.sh build || failed=1
    echo "testing in $folder/"
    meson test -C "$folder" --no-rebuild --print-errorlogs || failed=1
done

# shellcheck disable=SC2086  # a list
scripts/summary.py $logs || failed=1
exit "$failed"
