#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs what Tessera needs and the machine lacks, from Debian or Ubuntu packages.
#
#   scripts/setup.sh           install what is missing; does and says nothing when all is there
#   scripts/setup.sh --check   install nothing; exit 1 and name the missing packages
#   scripts/setup.sh --formal  also what `make formal` needs
#
# Asks nothing. Uses sudo only when not run as root.

set -euo pipefail

# What proves that a package is there, so that tools installed in another way count too:
# a command ("cmd:"), a Python module ("py:"), or a file below one of the usual prefixes ("file:"); alternatives separated by "|".
needs=(
  "verilator        cmd:verilator"
  "g++              cmd:g++"
  "clang            cmd:clang++|clang++-14|clang++-16|clang++-18|clang++-19"
  "make             cmd:make"
  "cmake            cmd:cmake"
  "ninja-build      cmd:ninja"
  "ccache           cmd:ccache"
  "python3          cmd:python3"
  "catch2           file:include/catch2/catch.hpp|include/catch2/catch_all.hpp"
  "libcli11-dev     file:include/CLI/CLI.hpp"
  "libeigen3-dev    file:include/eigen3/Eigen/Core"
  "nlohmann-json3-dev file:include/nlohmann/json.hpp"
  "zlib1g-dev       file:include/zlib.h"
  "clang-format     cmd:clang-format"
  "shellcheck       cmd:shellcheck"
)
[[ ${1:-} != --formal ]] || needs+=(
  "berkeley-abc     cmd:berkeley-abc"
  "python3-venv     py:ensurepip"
)
formal_needs=(
  "berkeley-abc     cmd:berkeley-abc|yosys-abc"
  "python3-venv     py:ensurepip"
)
min_verilator=5.006

check=0
for option in "$@"; do
  case $option in
    --check) check=1 ;;
    --formal) needs+=("${formal_needs[@]}") ;;
    *) echo "setup: no option '$option'" >&2 && exit 2 ;;
  esac
done

fail() {
  echo "setup: $1" >&2
  exit 1
}

present() {  # <proof>
  local kind=${1%%:*} name prefix
  local -a names
  IFS='|' read -ra names <<<"${1#*:}"
  for name in "${names[@]}"; do
    if [[ $kind == cmd ]]; then
      command -v "$name" >/dev/null && return 0
    elif [[ $kind == py ]]; then
      python3 -c "import $name" 2>/dev/null && return 0
    else
      for prefix in /usr /usr/local ${CMAKE_PREFIX_PATH:+${CMAKE_PREFIX_PATH//[;:]/ }}; do
        [[ -e $prefix/$name ]] && return 0
      done
    fi
  done
  return 1
}

missing=()
for need in "${needs[@]}"; do
  read -r package proof <<<"$need"
  present "$proof" || missing+=("$package")
done

if ((${#missing[@]})); then
  ((!check)) || fail "missing: ${missing[*]} (scripts/setup.sh installs them)"
  command -v apt-get >/dev/null ||
    fail "missing ${missing[*]}, and there is no apt-get: install them by your system's means, then run again"
  as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "missing ${missing[*]}, and there is no sudo: run as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  echo "setup: installing ${missing[*]} with apt-get"
  install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}")
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  # The package lists are fetched only when installing without them fails.
  if ! "${install[@]}" >"$log" 2>&1; then
    echo "setup: updating the package lists"
    "${as_root[@]}" apt-get update -qq >>"$log" 2>&1 || true
    "${install[@]}" >>"$log" 2>&1 ||
      fail "apt-get could not install ${missing[*]}: $(grep -m1 '^E:' "$log" || tail -n1 "$log")"
  fi
  echo "setup: done"
fi

# Asking every tool for its version takes longer than a no-op may: once per machine and version of this script.
stamp=$(dirname "$0")/../build/.setup
if [[ $stamp -nt $0 && ${#missing[@]} == 0 ]]; then exit 0; fi

version=$(verilator --version 2>/dev/null | sed -n 's/^Verilator \([0-9.]*\).*/\1/p')
if [[ $(printf '%s\n%s\n' "$min_verilator" "$version" | sort -V | head -n1) != "$min_verilator" ]]; then
  fail "Verilator ${version:-unknown} is too old: $min_verilator or newer is needed (Debian 12, Ubuntu 24.04 and later have it)"
fi
python3 -c 'import tomllib' 2>/dev/null ||
  fail "$(python3 --version) is too old: 3.11 or newer is needed (Debian 12, Ubuntu 24.04 and later have it)"
mkdir -p "${stamp%/*}"
: >"$stamp"
