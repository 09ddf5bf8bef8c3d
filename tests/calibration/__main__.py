"""`python -m tests.calibration [--good N] [--bad N] [--out FOLDER]`: draw, measure, print.

With FACTORY_PHOTOS set the people are from there. Without the extra `ocr` what is read and seen is left out.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import click
import cv2

from tests.calibration.case import Fault, case, names
from tests.calibration.figure import sampled
from tests.calibration.verdict import RULES, Sample, table, verdict


@click.command()
@click.option("--good", default=56, help="Pictures without a fault.")
@click.option("--bad", default=10, help="Pictures of each fault.")
@click.option("--processes", default=2)
@click.option("--out", type=click.Path(path_type=Path), help="Keep figures, and the pictures that were judged wrongly.")
def main(good: int, bad: int, processes: int, out: Path | None) -> None:
    started = time.monotonic()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        samples = list(pool.map(sampled, names(good, bad), chunksize=4))
    faults = len(Fault) - 1
    click.echo(f"{len(samples)} pictures: {good} good, {bad} of each of {faults} faults. ", nl=False)
    click.echo(f"{time.monotonic() - started:.0f} s.\n")
    for line in table(samples):
        click.echo(line)
    if out:
        _keep(out, samples)


def _keep(out: Path, samples: list[Sample]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    rows = {one.name: dict(one.figures) for one in samples}
    (out / "figures.json").write_text(json.dumps(rows, indent=1))
    for rule in RULES:
        found = verdict(rule, samples)
        for what, wrong in (("alarm", found.alarms), ("miss", found.misses)):
            for name in wrong:
                cv2.imwrite(str(out / f"{rule.figure}-{what}-{name}.png"), case(name).picture[..., ::-1])


if __name__ == "__main__":
    main()
