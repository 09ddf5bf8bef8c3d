"""The doctor's word on models: what each key brings, what the probe found dead, and what outlived its announced end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from app.finding import Finding
from app.models import lit_by, why
from core.domain.model import Channel, Status
from core.domain.record import Json
from core.providers.catalogue import Sheet
from core.services.catalogue import Listed, Off, listing, standing
from core.store.model import ModelState
from core.store.moment import moment

CURES = {
    "provider.refused": "Make a new key and set {key}, then: thumbnail-factory models probe",
    "probe.failed": "Check {key}, network and base URL, then: thumbnail-factory models probe",
}
"""Alerts about a provider, by kind, and what to do about each."""


def unasked(sheet: Sheet, doors: Mapping[str, Channel]) -> tuple[Listed, ...]:
    """The rows as the file has them, for when there is no database to ask what a probe has seen."""
    return listing(sheet, ModelState(), doors, datetime.now(UTC).date())


def findings(
    rows: Sequence[Listed], alerts: Sequence[Mapping[str, Json]], sheet: Sheet, doors: Mapping[str, Channel]
) -> Iterator[Finding]:
    """`rows` as they stand now, `alerts` as they are open, `doors` as the settings open them."""
    if not any(provider in doors for provider in sheet.keys):
        yield Finding("model keys", "none set, and none is needed: the local studio draws for free")
    for provider, keys in sheet.keys.items():
        yield Finding(f"{provider} key", _brought(provider, rows) if provider in doors else _would(provider, sheet))
        for alert in alerts:
            if provider in doors and alert["kind"] in CURES and alert["detail"]["provider"] == provider:
                yield _alerted(alert, keys[doors[provider]])
    for row in rows:
        if row.off is None and why(row, sheet):
            yield Finding("model", f"{row.model.label}: {why(row, sheet)}")
        elif _died(row, sheet):
            again, ever = "thumbnail-factory models probe", f"thumbnail-factory models disable {row.model.id}"
            cure = f"Others draw in its place. To ask again: {again}. If it is gone for good: {ever}"
            yield Finding("model", f"{row.model.label} {why(row, sheet)}", cure)


def _brought(provider: str, rows: Sequence[Listed]) -> str:
    def labels(off: Off | None) -> str:
        return ", ".join(row.model.label for row in rows if row.model.provider == provider and row.off is off)

    parts = [f"on offer {labels(None) or 'nothing'}"]
    if waiting := labels(Off.UNSEEN):
        parts.append(f"once a probe has seen it answer {waiting}")
    if unfunded := labels(Off.UNFUNDED):
        parts.append(f"without money in its pool {unfunded}")
    if disabled := labels(Off.DISABLED):
        parts.append(f"switched off by an operator {disabled}")
    return "set; " + "; ".join(parts)


def _would(provider: str, sheet: Sheet) -> str:
    key = next(iter(sheet.keys[provider].values()))
    return f"not set: {key} lights up {', '.join(lit_by(provider, sheet, datetime.now(UTC).date()))}"


def _alerted(alert: Mapping[str, Json], key: str) -> Finding:
    """What a probe or a call met since the provider last answered."""
    kind, provider = str(alert["kind"]), str(alert["detail"]["provider"])
    text = f"{kind} since {moment(alert['raised_at']):%Y-%m-%d %H:%M} UTC: {alert['detail']['error']}"
    return Finding(provider, text, CURES[kind].format(key=key))


def _died(row: Listed, sheet: Sheet) -> bool:
    """Whether the last probe got no answer from a model that the file calls alive."""
    written = next((one for one in sheet.models if one.id == row.model.id), None)
    if written is None or row.off is not Off.RETIRED or row.probe is None or row.probe.answers:
        return False
    return standing(written, row.channel, None, datetime.now(UTC).date()).status is not Status.RETIRED
