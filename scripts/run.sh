#!/bin/sh
# From nothing to who said what, and how it went: what make run does.
#
#   FILE=recording scripts/run.sh
#
# Gets what is missing, builds, and transcribes FILE; without FILE the sample meeting, which it
# makes first. The transcript and its metrics go to standard output, and lie in build/result/.
set -eu

cd "$(dirname "$0")/.."
file=${FILE:-}
if [ -n "$file" ] && [ ! -r "$file" ]; then
    echo "run: can't read '$file'; usage: make run FILE=path/to/recording" >&2
    exit 2
fi

scripts/setup.sh run
scripts/build.sh build chip tests/sample/speak
if [ -z "$file" ]; then
    samples/make.sh build/tests/sample/speak build/sample
    file=build/sample/meeting.mp4
fi

# The program itself says, at its end, how long it took.
CHIP_MODELS_DIR=${CHIP_MODELS_DIR:-$PWD/models} build/chip transcribe "$file" \
    --format txt,json --output-dir build/result
name=build/result/$(basename "$file" | sed 's/\(.\)\.[^.]*$/\1/')
cat "$name.txt"
echo
build/chip metrics "$name.json"

cat >&2 <<END

What to try next:
  make run FILE=recording.m4a                        your own audio or video, any format
  build/chip transcribe "$file" --format srt
                                                     subtitles; also vtt, md, json, tsv, whisperx, rttm
  build/chip relabel $name.json --speakers 3 --format md
                                                     another number of speakers
  build/chip transcribe *.mp3 --output-dir out       many files; out/NAME.txt and .json
  build/chip help transcribe                         everything that it can do
  build/chip doctor                                  what this machine has, and what is missing
END
[ -n "${FILE:-}" ] || cat >&2 <<END
The sample's own truth lies beside it: build/sample/transcript.txt, words.tsv and more
(samples/README.md).
END
