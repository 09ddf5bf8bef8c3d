#!/bin/sh
# Make the virtual environment and install the locked dependencies into it.
# usage: install.sh PYTHON VENV LOCKFILE KIND     (KIND: runtime | development)
set -eu
python=$1 venv=$2 lock=$3 kind=$4

command -v "$python" >/dev/null 2>&1 || { echo "Python was not found as '$python'. Install Python 3.11 or newer, or run: make PYTHON=/path/to/python3"; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; '$python' is $("$python" -V 2>&1 | cut -d' ' -f2)."; exit 1; }
"$python" -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv"; exit 1; }

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "Installing $kind dependencies from $lock (once) ..."
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$lock"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
# Development contains everything runtime needs; runtime alone must not make 'make test' think it is ready.
touch "$venv/.runtime"
[ "$kind" = runtime ] || touch "$venv/.development"
