#!/bin/sh
# Checks the sources without running them: layout, shell scripts, layering, a clang build that must
# not warn, and clang-tidy. Says what is wrong, and goes on to the next check.
set -eu

cd "$(dirname "$0")/.."
failed=0
check() {
    echo "lint: $*"
    "$@" || failed=1
}

mkdir -p build
find backend samples -name '*.[ch]' >build/lint.list
check xargs clang-format --dry-run -Werror <build/lint.list
check shellcheck -x scripts/*.sh samples/*.sh backend/*.sh .ci/run
check python3 backend/tests/layering.py backend
check env CC=clang scripts/build.sh build-clang
# One process for each file: clang-tidy 14 mixes up va_list between the files of one run.
echo 'lint: clang-tidy'
run-clang-tidy -quiet -p build-clang '/(backend/src|backend/examples|samples/speak)/.*\.c$' \
    >build/lint.log 2>&1 || failed=1
sed 's/\x1b\[[0-9;]*m//g' build/lint.log | grep -E '(error|warning):' | sort -u || :
exit "$failed"
