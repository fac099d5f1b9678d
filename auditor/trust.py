"""May a finding rest on this truth now? Pure; what may not is left alone with its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.model import Diagnosis, Reason, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.model import Judgement


@dataclass(frozen=True, slots=True)
class Shaky:
    """What the feeds say and nothing may rest on until a person, or a later export, has spoken.

    ``gated`` are feeds whose newest export was set aside or unreadable, ``held`` facts (feed, SKU,
    attribute, key) of which a new value waits for release, ``doubted`` exports (feed, when Sellby
    first read them) that contradict too many pages at once.
    """

    gated: frozenset[str] = frozenset()
    held: frozenset[tuple[str, str, str, str]] = frozenset()
    doubted: frozenset[tuple[str, datetime]] = frozenset()


def trust(judgement: Judgement, shaky: Shaky) -> Judgement:
    """``judgement``, or no judgement where its finding rests on what is ``shaky``."""
    truth = judgement.truth
    if not judgement.verdict.is_finding or truth is None:
        return judgement
    fact = (truth.feed, truth.sku, truth.attribute.value, truth.key)
    if truth.feed in shaky.gated:
        return _left(
            judgement,
            Reason.FEED_GATED,
            f"The newest export of {truth.feed} could not be used, so its older truth proves "
            "nothing.",
        )
    if fact in shaky.held:
        return _left(
            judgement,
            Reason.VALUE_HELD,
            f"{truth.feed} has a new value that waits for a person, so its older one proves "
            "nothing.",
        )
    if truth.first_seen is not None and (truth.feed, truth.first_seen) in shaky.doubted:
        return _left(
            judgement,
            Reason.SOURCE_DOUBT,
            f"An export of {truth.feed} contradicts so many pages at once that its owner is asked "
            "first.",
        )
    return judgement


def _left(judgement: Judgement, reason: Reason, note: str) -> Judgement:
    return replace(
        judgement,
        verdict=Verdict.NOT_JUDGED,
        diagnosis=Diagnosis.NONE,
        reason=reason,
        note=note,
    )
