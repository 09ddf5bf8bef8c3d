"""`make check`: format, lint, types, import contracts, known vulnerabilities. Ends with the first failure's code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
UNREACHABLE = ("ConnectionError", "Max retries", "timed out", "HTTPError", "resolve")


def run(title: str, tool: str, *arguments: str) -> None:
    print(f"-- {title}", flush=True)
    if code := subprocess.run([str(BIN / tool), *arguments], check=False).returncode:
        sys.exit(code)


def audit() -> None:
    """Known vulnerabilities, where their list can be reached; where not, that is said and nothing is claimed."""
    print("-- known vulnerabilities", flush=True)
    command = [str(BIN / "pip-audit"), "--require-hashes", "--disable-pip", "--timeout", "5", "-r", "requirements.lock"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=90)
    except subprocess.TimeoutExpired:
        done = None
    if done is None or (done.returncode and not done.stdout and any(word in done.stderr for word in UNREACHABLE)):
        print("   not checked: the list of vulnerabilities cannot be reached from here")
        return
    print(done.stdout or done.stderr)
    if done.returncode:
        sys.exit(done.returncode)


def main() -> None:
    run("format", "ruff", "format", "--check", "--quiet", ".")
    run("lint", "ruff", "check", "--quiet", ".")
    run("types", "mypy")
    run("import contracts", "lint-imports")
    audit()
    print("all checks passed")


if __name__ == "__main__":
    main()
