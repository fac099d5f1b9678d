"""Flags of the front line: a fact that a rep could not find or found wrong, as one more finding.

Nobody read it from the page, so no audit may close it: it is there until a person says that it is
fixed, and then counts as fixed when the page has changed since it was flagged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditor.errors import NotFound
from auditor.findings import StateChange, fingerprint
from auditor.labels import Labels
from auditor.model import (
    Attribute,
    DecisionKind,
    Finding,
    Judgement,
    State,
    Verdict,
)
from auditor.plain import web_link
from auditor.store.desk import Flag
from auditor.store.findings import Filter
from crawler.content import content_digest

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.config import Config
    from auditor.store import AuditStore
    from crawler.snapshot import Snapshot
    from crawler.store import SnapshotStore

FRONT_LINE = "front line"
"""The source of a flag that names no page we crawl."""


@dataclass(frozen=True, slots=True)
class Flagged:
    """What a rep reports: ``what`` is a URL or a SKU, ``minutes`` what it cost them."""

    what: str
    who: str
    note: str
    minutes: int
    attribute: Attribute = Attribute.REPORTED


def raise_flag(
    store: AuditStore, snapshots: SnapshotStore, config: Config, flagged: Flagged, now: datetime
) -> Finding:
    """Put a flag on the work list. Raises NotFound where it names no URL and no known SKU."""
    products = {product.sku: product for product in store.catalogue.products()}
    labels = Labels(config, products, store.catalogue.popularity(), now)
    url, sku, source, seen = _place(snapshots, labels, flagged.what, now)
    who, note, minutes = flagged.who, flagged.note, flagged.minutes
    with store.writing():
        number = store.desk.next_flag()
        judgement = Judgement(
            source=source,
            url=url,
            sku=sku,
            attribute=flagged.attribute,
            key=f"flag {number}",
            role="",
            verdict=Verdict.REPORTED,
            note=note or f"{who} could not find it, or found it wrong.",
        )
        key = fingerprint(judgement)
        finding = Finding(key[:8], key, judgement, State.OPEN, now, now, task=f"flag {number}")
        finding = labels.label(replace(finding, snapshot=seen), {})
        why = f"flagged by {who}, after {minutes} minutes"
        store.findings.save([finding], [StateChange(key, now, "", State.OPEN, why)])
        store.desk.flag(Flag(number, key, who, now, url, sku, note, minutes, seen))
    return store.findings.by_id(key)


def settle_flags(
    store: AuditStore, snapshots: SnapshotStore, labels: Labels, as_of: datetime
) -> None:
    """Look at confirmed flags again, and bring owner and priority of all of them up to date.

    A confirmed flag is verified where its page was seen later and shows something else than when it
    was flagged, or is gone; not observed where it shows the same; verified at once without a page.
    """
    flags = {flag.fingerprint: flag for flag in store.desk.flags()}
    found = store.findings.matching(Filter(verdict=Verdict.REPORTED))
    decisions = store.findings.decisions(finding.fingerprint for finding in found)
    with store.writing():
        for finding in found:
            labelled = labels.label(finding, decisions)
            confirm = next(
                (
                    d
                    for d in reversed(decisions.get(finding.fingerprint, ()))
                    if d.kind is DecisionKind.CONFIRM
                ),
                None,
            )
            step = None
            if finding.state is State.CLAIMED_FIXED and confirm is not None:
                state, why = _settled(snapshots, flags[finding.fingerprint], confirm.at, as_of)
                if state is not finding.state:
                    step = StateChange(finding.fingerprint, as_of, finding.state, state, why)
                    closed = as_of if state is State.VERIFIED else None
                    labelled = replace(labelled, state=state, closed_at=closed)
            store.findings.save([labelled], [step] if step else [])


def _place(
    snapshots: SnapshotStore, labels: Labels, what: str, now: datetime
) -> tuple[str, str, str, str]:
    """URL, SKU, source and what the page shows now."""
    if "://" in what:
        if web_link(what) is None:
            raise NotFound(f"{what!r} is no http or https address")
        for state in snapshots.sources():
            snapshot = snapshots.snapshot_at(state.source, what, now)
            if snapshot is not None:
                return what, labels.product_at(what), state.source, _digest(snapshot)
        return what, labels.product_at(what), FRONT_LINE, ""
    product = labels.product(what)
    if product is None:
        raise NotFound(
            f"{what!r} is neither a URL nor a SKU of the catalogue; `sellby findings --search` "
            "finds a product by its name"
        )
    url = product.urls[0] if product.urls else ""
    for state in snapshots.sources():
        snapshot = snapshots.snapshot_at(state.source, url, now) if url else None
        if snapshot is not None:
            return url, product.sku, state.source, _digest(snapshot)
    return url, product.sku, FRONT_LINE, ""


def _settled(
    snapshots: SnapshotStore, flag: Flag, confirmed: datetime, as_of: datetime
) -> tuple[State, str]:
    snapshot = None
    for state in snapshots.sources() if flag.url else ():
        snapshot = snapshot or snapshots.snapshot_at(state.source, flag.url, as_of)
    if snapshot is None or not flag.seen:
        return State.VERIFIED, "confirmed; there is no stored page that could show it"
    if snapshot.fetched_at <= confirmed:
        return State.CLAIMED_FIXED, ""
    if _digest(snapshot) != flag.seen:
        return State.VERIFIED, "the page shows something else than when it was flagged"
    return State.NOT_OBSERVED, "confirmed, but the page shows what it showed when it was flagged"


def _digest(snapshot: Snapshot) -> str:
    return content_digest(snapshot.body or b"", snapshot.media_type, snapshot.charset)
