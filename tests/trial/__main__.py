"""`make trial`: random briefs drawn, delivered and measured; what no picture may do is counted and must be 0.

`python -m tests.trial [COUNT] [SEED] [FOLDER]`. People are the bundled portrait and, with FACTORY_PHOTOS set, those
of that folder. With a folder the pictures are kept there.
"""

import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import click

from core.domain.score import Gate
from tests.trial.outcome import Outcome, photos, tried
from tests.trial.sample import Case, cases

COUNT, SEED = 1000, 5


def report(wanted: list[Case], found: list[Outcome], seconds: float) -> list[str]:
    delivered = [one for one in found if one.data]
    mended = [one.repair for one in delivered if one.repair]
    gates = Counter(gate.value for one in delivered for gate in one.failed)
    rows = [
        ("briefs", f"{len(found)} in {seconds:.0f} s"),
        ("delivered", str(len(delivered))),
        ("refused", _counted(Counter(one.refused for one in found if one.refused))),
        ("replaced", str(sum(one.replaced for one in delivered))),
        ("repaired", str(len(mended))),
        ("  gates", _counted(Counter(gate.value for repair in mended for gate in repair.failed))),
        ("  fittings", _counted(Counter(repair.fitting or "as set" for repair in mended))),
        ("  backings", _counted(Counter(repair.backing or "as drawn" for repair in mended))),
        ("delivered past a gate", f"{sum(bool(one.failed) for one in delivered)} {_counted(gates)}"),
        ("missing glyphs", str(sum(bool(one.missing) for one in found))),
        ("text other than typed", str(sum(bool(one.altered) for one in found))),
        ("crashes", str(sum(bool(one.crash) for one in found))),
    ]
    rows += [
        (f"lowest {gate.value}", " ".join(f"#{one.number} {one.figures[gate]:.2f}" for one in _worst(delivered, gate)))
        for gate in (Gate.CONTRAST, Gate.SUBTEXT, Gate.CAP_HEIGHT)
    ]
    faults = [
        f"#{one.number} {what}"
        for one in found
        for what in (
            one.crash, one.missing and f"missing {one.missing!r}", one.altered,
            ", ".join(f"{gate} {one.figures[gate]:.2f}" for gate in one.failed),
        )
        if what
    ]  # fmt: skip
    return [*(f"{name:<24}{figure}" for name, figure in rows), *faults]


def _worst(delivered: list[Outcome], gate: Gate) -> list[Outcome]:
    """To be looked at."""
    return sorted((one for one in delivered if gate in one.figures), key=lambda one: one.figures[gate])[:8]


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counter.most_common()) or "0"


def main(count: int = COUNT, seed: int = SEED, folder: str = "") -> bool:
    people = os.environ.get("FACTORY_PHOTOS", "")
    wanted = list(cases(count, seed, len(photos(people))))
    began = time.perf_counter()
    with ProcessPoolExecutor(mp_context=get_context("forkserver")) as pool:
        found = list(pool.map(partial(tried, folder=people), wanted, chunksize=4))
    for line in report(wanted, found, time.perf_counter() - began):
        click.echo(line)
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for one in found:
            if one.data:
                Path(folder, f"{one.number:04}.jpg").write_bytes(one.data)
    return not any(one.crash or one.missing or one.altered or one.failed for one in found)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit(not main(*map(int, arguments[:2]), *arguments[2:]))
