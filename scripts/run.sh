#!/bin/sh
# From nothing to a running service that has done its first meeting: what make run does.
#
#   FILE=recording scripts/run.sh
#
# Gets what is missing, builds, starts `chip serve` with the web app, says its address, and hands it
# FILE over HTTP; without FILE the sample meeting, which it makes first. The transcript and its
# metrics go to standard output and lie in build/result/. The service stays up until Ctrl-C; its log
# is build/serve.log.
#
# PORT is where it listens (8080), CHIP_DATA_DIR where it keeps jobs (build/data). ONCE=1 ends it
# after the first meeting.
set -eu

cd "$(dirname "$0")/.."
file=${FILE:-}
if [ -n "$file" ] && [ ! -r "$file" ]; then
    echo "run: can't read '$file'; usage: make run FILE=path/to/recording" >&2
    exit 2
fi

scripts/setup.sh run
scripts/build.sh build chip tests/sample/speak
scripts/web.sh build || echo "run: going on without the web app" >&2
if [ -z "$file" ]; then
    samples/make.sh build/tests/sample/speak build/sample
    file=build/sample/meeting.mp4
fi

export CHIP_MODELS_DIR="${CHIP_MODELS_DIR:-$PWD/models}"
export CHIP_DATA_DIR="${CHIP_DATA_DIR:-$PWD/build/data}"
server=
said=$(mktemp)

stop() {
    rm -f "$said"
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" || true
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

build/chip serve >"$said" 2>build/serve.log &
server=$!
until url=$(sed -n 's/^chip listens on //p' "$said") && [ -n "$url" ]; do
    if ! kill -0 "$server" 2>/dev/null; then
        server=
        tail -n 3 build/serve.log >&2
        echo "run: chip serve did not start; if its port is taken: make run PORT=8081" >&2
        exit 1
    fi
    sleep 0.05
done

page=$(echo "$url" | sed 's/127\.0\.0\.1/localhost/')
if [ -f frontend/out/index.html ]; then
    echo "chip is at $page: open it in a browser. It begins with '$file':"
else
    echo "chip is at $page, without its web app. It begins with '$file':"
fi

name=$(basename "$file" | sed 's/\(.\)\.[^.]*$/\1/')
result=build/result/$name
scripts/submit.py "$url" "$file" --save build/result
echo
build/chip metrics "$result.json"

cat >&2 <<END

The service is at $page (log: build/serve.log). What to try next:
  scripts/submit.py $url recording.m4a         hand it another one; make run FILE=... begins with it
  curl $url/api/jobs                           its jobs; build/chip jobs list
  curl $url/api/openapi.yaml                   everything that it answers
  build/chip transcribe "$file" --format srt
                                               without the service: subtitles; also vtt, md, json, ...
  build/chip relabel $result.json --speakers 3 --format md
                                               another number of speakers
  build/chip doctor                            what this machine has, and what is missing
END
[ -n "${FILE:-}" ] || cat >&2 <<END
The sample's own truth lies beside it: build/sample/transcript.txt, words.tsv and more
(samples/README.md).
END
[ -n "${ONCE:-}" ] || {
    echo "Ctrl-C stops it." >&2
    wait "$server"
}
