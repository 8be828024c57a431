#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# scripts/configure.sh <build folder> [grid...]
#
# Configures the build folder unless that is done, and adds the grids to the `tessera` command unless it has them.
# Prints only what goes wrong.

set -euo pipefail

build=$1
shift
cache=$build/CMakeCache.txt
have=8x8_hbm
[[ -f $cache ]] && have=$(sed -n 's/^TESSERA_CLI_GRIDS:STRING=//p' "$cache")
want=$have
for grid in "$@"; do
  case ";$want;" in
    *";$grid;"*) ;;
    *) want="$want;$grid" ;;
  esac
done
[[ -f $build/build.ninja && $want == "$have" ]] && exit 0

echo "configure: $build, grids of the tessera command: ${want//;/ }"
if ! output=$(cmake --preset default -B "$build" -DTESSERA_CLI_GRIDS="$want" 2>&1); then
  echo "$output" >&2
  exit 1
fi
