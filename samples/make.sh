#!/bin/sh
# Makes the sample meeting: its sound, its video and the files that say what is true about it.
#
#   samples/make.sh SPEAK OUT [FOLDER]
#
# SPEAK is the built program (samples/speak), OUT the folder to make, FOLDER the meeting's script
# (samples/meeting). The result is the same, byte for byte, each time on the same machine. Does
# nothing when OUT is newer than everything that it is made from.
set -eu

usage='usage: samples/make.sh SPEAK OUT [FOLDER]'
speak=${1:?$usage}
out=${2:?$usage}
folder=${3:-$(dirname "$0")/meeting}

if [ ! -x "$speak" ]; then
    echo "make.sh: $speak is not built: it needs flite (make setup), then make build" >&2
    exit 1
fi
if [ -f "$out/meeting.mp4" ] &&
    [ -z "$(find "$0" "$speak" "$folder" -newer "$out/meeting.mp4" -print)" ]; then
    exit 0
fi

# Everything is made beside OUT and moved there whole, so that OUT is never half a sample.
work=$out.new
rm -rf "$work"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT

"$speak" "$folder" "$work"
cp "$folder/actions.json" "$folder/people.tsv" "$work/"

# The picture: one tile for each person, lit while they speak.
tiles=$(awk -F '\t' '
    FILENAME ~ /people.tsv$/ { if (FNR > 1 && !/^#/) { place[$1] = n++ } next }
    { split($0, f, " "); lit[f[8]] = lit[f[8]] sprintf("+between(t,%s,%.3f)", f[4], f[4] + f[5]) }
    END {
        for (name in place) {
            i = place[name]
            order[i] = sprintf("x=%d:y=%d:w=290:h=160:t=fill", 20 + 310 * (i % 2), 14 + 172 * int(i / 2))
            when[i] = substr(lit[name], 2)
        }
        for (i = 0; i < n; i++) {
            printf ",drawbox=%s:color=0x3a4656", order[i]
            if (when[i] != "")
                printf ",drawbox=%s:color=0x4f9d69:enable='\''%s'\''", order[i], when[i]
        }
    }' "$work/people.tsv" "$work/turns.rttm")

# Sound as video calls have it: 48 kHz AAC, the index (moov) at the end of the file.
seconds=$(wc -c <"$work/meeting.wav" | awk '{ printf "%.2f", ($1 - 44) / 32000 }')
ffmpeg -nostdin -v error -y -fflags +bitexact \
    -f lavfi -i "color=c=0x20262e:s=640x360:r=4:d=$seconds$tiles" -i "$work/meeting.wav" \
    -map 0:v -map 1:a -map_metadata -1 \
    -c:v libx264 -preset ultrafast -pix_fmt yuv420p -threads 1 -flags:v +bitexact \
    -c:a aac -aac_coder fast -ar 48000 -b:a 96k -flags:a +bitexact \
    "$work/meeting.mp4"

rm -rf "$out"
mv "$work" "$out"
trap - EXIT
