"""`make check`: format, lint, types, import contracts, known vulnerabilities. Ends with the first failure's code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent


def run(title: str, tool: str, *arguments: str) -> None:
    print(f"-- {title}", flush=True)
    if code := subprocess.run([str(BIN / tool), *arguments], check=False).returncode:
        sys.exit(code)


def audit() -> None:
    """Known vulnerabilities, where their list can be reached; where not, that is said and nothing is claimed."""
    print("-- known vulnerabilities", flush=True)
    command = [str(BIN / "pip-audit"), "--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    try:
        done = subprocess.run(
            [*command, "--timeout", "5", "--format", "json", "-r", "requirements.lock"],
            check=False,
            capture_output=True,
            text=True,
            timeout=90,
        )
        packages = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError):
        packages = []
    checked = [row for row in packages if "skip_reason" not in row]
    vulnerable = [row for row in checked if row["vulns"]]
    for row in vulnerable:
        print(f"   {row['name']} {row['version']}: {', '.join(vuln['id'] for vuln in row['vulns'])}")
    if vulnerable:
        sys.exit(1)
    unknown = len(packages) - len(checked)
    if not checked:
        print("   not checked: the list of vulnerabilities cannot be reached from here")
    else:
        print(f"   none in {len(checked)} packages" + (f", {unknown} could not be checked" if unknown else ""))


def main() -> None:
    run("format", "ruff", "format", "--check", "--quiet", ".")
    run("lint", "ruff", "check", "--quiet", ".")
    run("types", "mypy")
    run("import contracts", "lint-imports")
    audit()
    print("all checks passed")


if __name__ == "__main__":
    main()
