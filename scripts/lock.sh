#!/bin/sh
# Renew both lock files: every version pinned, every file hashed, for every platform and Python the project supports.
set -eu
command -v uv >/dev/null 2>&1 || { echo "uv was not found: pip install uv"; exit 1; }
options="--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --extra cjk --extra ocr"
uv pip compile $options pyproject.toml --group build --output-file requirements.lock "$@"
uv pip compile $options pyproject.toml --group build --group dev --output-file requirements-dev.lock "$@"
