#!/bin/sh
# Removes everything that was built. Stays: models/, and build/npm, which costs a download.
set -eu

cd "$(dirname "$0")/.."
rm -rf build-asan build-clang
[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name npm -exec rm -rf {} +
