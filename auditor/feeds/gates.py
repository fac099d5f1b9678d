"""Is this export to be believed? Pure: figures in, the first closed gate or none out.

A closed gate sets the whole export aside: the last good truth stays, one Incident opens. Gates
are for what is wrong with an export as a whole; single bad rows are rejected and told, and the
good rows used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from auditor.feeds.drift import Drift

if TYPE_CHECKING:
    from auditor.feeds.config import Gates

SCALES = tuple(Decimal(10) ** power for power in (-3, -2, -1, 1, 2, 3))
"""Factors that a whole price column is wrong by when a unit or decimal sign went astray."""

SCALED_SHARE = Decimal("0.8")
"""Share of the changed prices that must have changed by the same factor."""

SCALED_PART = Decimal("0.2")
"""Share of the known prices that must have: correcting a few slips is no accident."""

FEW = 3
"""Below so many cases no share is judged."""


@dataclass(frozen=True, slots=True)
class Look:
    """What an export looks like beside what is known.

    ``known`` counts the facts the feed stated before and still should, ``missing`` and
    ``changed`` parts of it; ``added`` ones are new. ``ratios`` are new ÷ old of the changed
    prices, of ``prices`` known ones. ``keys`` are the products its new facts are about,
    ``unknown`` those that no catalogue feed knows (0 where there is no catalogue yet),
    ``damaged`` rows whose key a spreadsheet has damaged. ``ragged`` rows have more or fewer
    fields than the header, ``duplicates`` contradict an earlier row; ``stripped`` keys are known
    with leading zeros only. ``drift`` is how the columns have changed. ``cut_off`` tells that the
    file ends inside a row. ``age_hours`` is the time since it was written, None: unknown.
    """

    rows: int
    rejected: int = 0
    ragged: int = 0
    damaged: int = 0
    duplicates: int = 0
    stripped: int = 0
    drift: Drift | None = None
    cut_off: bool = False
    known: int = 0
    added: int = 0
    missing: int = 0
    changed: int = 0
    keys: int = 0
    unknown: int = 0
    prices: int = 0
    ratios: Sequence[Decimal] = ()
    age_hours: float | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """A gate that is closed (or, with ``closes`` False, only warns): its name and why."""

    gate: str
    message: str
    closes: bool = True


def alarm(look: Look, gates: Gates) -> Alarm | None:
    """The most telling gate that is closed, else a warning, else None.

    The cause comes before its effects: a column that is ×100 also changes many values, a shifted
    column also leaves few rows.
    """
    return (
        _damaged_keys(look, gates)
        or _unknown_keys(look, gates)
        or _drift(look, closes=True, gates=gates)
        or _columns_shifted(look, gates)
        or _scale(look)
        or _truncated(look, gates)
        or _rejected(look, gates)
        or _duplicates(look, gates)
        or _changed(look, gates)
        or _stale(look, gates)
        or _drift(look, closes=False, gates=gates)
    )


def _unknown_keys(look: Look, gates: Gates) -> Alarm | None:
    bad, all_ = look.unknown + look.damaged, look.keys + look.damaged
    if bad < FEW or bad <= gates.max_unknown_keys * all_:
        return None
    hint = "check which column holds the key, and leading zeros"
    return Alarm("unknown_keys", f"{bad} of {all_} keys are in no catalogue: {hint}")


def _damaged_keys(look: Look, gates: Gates) -> Alarm | None:
    shares = ((look.damaged, look.rows + look.rejected), (look.stripped, look.keys))
    few = look.damaged + look.stripped < FEW
    if few or not any(bad > gates.max_damaged_keys * all_ for bad, all_ in shares):
        return None
    causes = [
        f"{count} {what}"
        for count, what in (
            (look.damaged, "like 1.2E+12 or 10-Apr"),
            (look.stripped, "known with leading zeros only"),
        )
        if count
    ]
    return Alarm(
        "damaged_keys",
        f"keys were damaged by a spreadsheet: {', '.join(causes)}; export keys as text",
    )


def _drift(look: Look, *, closes: bool, gates: Gates) -> Alarm | None:
    shuts = look.drift is not None and look.drift.closes and gates.column_drift == "close"
    if not look.drift or shuts is not closes:
        return None
    hint = "; if that is right, set `gates.column_drift: warn` for one run" if shuts else ""
    return Alarm("columns", f"{look.drift}{hint}", closes=shuts)


def _duplicates(look: Look, gates: Gates) -> Alarm | None:
    total = look.rows + look.rejected
    if look.duplicates < FEW or look.duplicates <= gates.max_duplicates * total:
        return None
    return Alarm(
        "duplicate_keys",
        f"{look.duplicates} of {total} rows contradict an earlier row on the same fact, more than "
        f"{gates.max_duplicates:.0%} (`gates.max_duplicates`): does the key lack a column?",
    )


def _columns_shifted(look: Look, gates: Gates) -> Alarm | None:
    total = look.rows + look.rejected
    if look.ragged < FEW or look.ragged <= gates.max_rejected * total:
        return None
    return Alarm(
        "columns_shifted",
        f"{look.ragged} of {total} rows have more or fewer fields than the header: columns have "
        "shifted; quote fields that hold the separator",
    )


def scaled(ratios: Sequence[Decimal]) -> tuple[Decimal, int] | None:
    """The power of ten by which nearly all changed prices differ, and how many; None: no such."""
    if len(ratios) < FEW:
        return None
    factor, count = Counter(ratios).most_common(1)[0]
    if factor not in SCALES or count < FEW or count < SCALED_SHARE * len(ratios):
        return None
    return factor, count


def _scale(look: Look) -> Alarm | None:
    found = scaled(look.ratios)
    if found is None or found[1] < SCALED_PART * look.prices:
        return None
    factor, count = found
    sign = f"× {factor:f}" if factor > 1 else f"÷ {1 / factor:f}"
    return Alarm(
        "scale",
        f"{count} of {len(look.ratios)} changed prices are exactly {sign} what they were: "
        "was the unit, the price quantity or the decimal sign changed?",
    )


def _truncated(look: Look, gates: Gates) -> Alarm | None:
    if look.cut_off and look.missing:
        return Alarm(
            "truncated",
            f"the file ends inside a row and lacks {look.missing} of {look.known} known facts: "
            "it was cut off or is still being written",
        )
    if look.rows < gates.min_rows:
        why = "the first rejected rows say why" if look.rejected else "was the export cut off?"
        return Alarm(
            "truncated",
            f"{look.rows} usable rows, at least {gates.min_rows} are expected "
            f"(`gates.min_rows`); {why}",
        )
    if look.known < gates.min_facts or look.missing <= gates.max_drop * look.known:
        return None
    figures = f"{look.missing} of {look.known} known facts are missing, more than"
    if look.added >= look.missing / 2:
        return Alarm(
            "other_keys",
            f"{figures} {gates.max_drop:.0%}, while {look.added} new ones came: have the keys "
            "changed? If that is right, set `gates.max_drop: 1` for one run",
        )
    return Alarm(
        "truncated",
        f"{figures} {gates.max_drop:.0%}; if that is right, set `gates.max_drop: 1` for one run",
    )


def _rejected(look: Look, gates: Gates) -> Alarm | None:
    total = look.rows + look.rejected
    if total < FEW or look.rejected <= gates.max_rejected * total:
        return None
    return Alarm(
        "rejected",
        f"{look.rejected} of {total} rows cannot be used, more than {gates.max_rejected:.0%} "
        "(`gates.max_rejected`)",
    )


def _changed(look: Look, gates: Gates) -> Alarm | None:
    if look.known < gates.min_facts or look.changed <= gates.max_changed * look.known:
        return None
    return Alarm(
        "changed",
        f"{look.changed} of {look.known} known facts have changed at once, more than "
        f"{gates.max_changed:.0%}; if that is right, raise `gates.max_changed` for this run",
    )


def _stale(look: Look, gates: Gates) -> Alarm | None:
    age = look.age_hours
    if age is None:
        return None
    if gates.error_after_hours is not None and age > gates.error_after_hours:
        return Alarm(
            "stale",
            f"the export is {age:.0f} hours old, more than {gates.error_after_hours:g} "
            "(`gates.error_after_hours`): is it still being written?",
        )
    if gates.warn_after_hours is not None and age > gates.warn_after_hours:
        return Alarm(
            "stale",
            f"the export is {age:.0f} hours old, more than {gates.warn_after_hours:g}",
            closes=False,
        )
    return None
