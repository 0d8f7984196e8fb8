#!/bin/sh
# Builds chip.
#
#   scripts/build.sh FOLDER [TARGET...]
#
# FOLDER is build, or build-asan for a build that checks every memory access as it runs. Without a
# TARGET everything is built, tests too.
set -eu

cd "$(dirname "$0")/.."
folder=${1:?usage: scripts/build.sh FOLDER [TARGET...]}
shift

if [ ! -f "$folder/build.ninja" ]; then
    case $folder in
    *-asan) options='-Db_sanitize=address,undefined -Db_lundef=false -Dbuildtype=debugoptimized' ;;
    *) options='' ;;
    esac
    echo "building into $folder/"
    mkdir -p "$folder"
    # shellcheck disable=SC2086  # a list
    meson setup "$folder" backend $options >"$folder/meson-setup.log" || {
        cat "$folder/meson-setup.log" >&2
        exit 1
    }
fi
case $(ninja -C "$folder" -n "$@" | tail -n 1) in
*'no work to do'*) exit 0 ;;
esac
if [ -t 1 ]; then
    exec ninja -C "$folder" "$@"
fi
exec ninja -C "$folder" --quiet "$@"
