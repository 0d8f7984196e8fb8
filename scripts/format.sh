#!/bin/sh
# Lays the C sources out as .clang-format says.
set -eu

cd "$(dirname "$0")/.."
find backend samples -name '*.[ch]' -exec clang-format -i {} +
