#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Everything that can be checked without running anything.
#
#   scripts/lint.sh [build folder]   report all that is wrong
#   scripts/lint.sh --format         format the C++ files

set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
build=${1:-build}
failed=0

step() {  # <title> <command...>
  local title=$1
  shift
  if output=$("$@" 2>&1); then
    echo "ok    $title"
  else
    echo "$output"
    echo "FAIL  $title"
    failed=1
  fi
}

# shellcheck disable=SC2317  # Called through step
format_check() {
  local bad
  bad=$(clang-format --dry-run -Werror "$@" 2>&1 | sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: error:.*/\1/p' | sort -u)
  [[ -z $bad ]] && return
  echo "$bad"
  echo "scripts/lint.sh --format formats all C++ files"
  return 1
}

shopt -s globstar nullglob
cpp=()
for file in {sw,tb,tests}/**/*.{cpp,hpp}; do
  [[ $file == *_gen.hpp ]] || cpp+=("$file")  # Generated: formatted by its generator
done
if [[ ${1:-} == --format ]]; then
  clang-format -i "${cpp[@]}"
  exit
fi

shell=(scripts/*.sh .ci/run)
python=(scripts/**/*.py)

step "generated files are up to date" scripts/gen_spec.py --check
step "RTL: verilator -Wall, every configuration" cmake --build "$build" --target lint_rtl
step "C++: clang-format (${#cpp[@]} files)" format_check "${cpp[@]}"
step "shell: shellcheck" shellcheck "${shell[@]}"
step "python: compiles" python3 -c 'import ast, sys; [ast.parse(open(f).read(), f) for f in sys.argv[1:]]' "${python[@]}"
exit $failed
