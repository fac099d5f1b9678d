"""Where people decide: on one finding, on a task, or on all that fits a filter; all or none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from auditor.asking import newly_asked
from auditor.decide import (
    Decided,
    Wish,
    check_seen,
    decide,
    is_open_to,
    plan_of,
    undo,
)
from auditor.errors import AuditorError, DecisionRefused, NotFound
from auditor.flags import Flagged, raise_flag
from auditor.model import DecisionKind, PersonRole
from auditor.service_levels import escalated_to
from auditor.store.findings import Filter
from auditor.tasks import ID_MARK
from crawler.store import SnapshotStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from auditor.config import Config
    from auditor.model import Finding
    from auditor.store import AuditStore


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants decided.

    ``ids`` are of findings and tasks, each as "ID" or "ID@REVISION" (what they saw); or ``where``
    says which. ``plan`` is what a dry run came to: refused where anything would be another now.
    """

    wish: Wish
    ids: tuple[str, ...] = ()
    where: Filter | None = None
    plan: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What an order came to, or in a dry run would; ``plan`` names exactly that.

    ``decided`` are the findings as they are then, each with what is to be said of it.
    """

    decided: tuple[tuple[Finding, str], ...]
    plan: str
    was_dry: bool = False


class Desk(Protocol):
    """Where findings are looked at and decided on: a database here, or a server elsewhere."""

    def findings(self, where: Filter) -> list[Finding]:
        """Findings that fit, most urgent first."""
        ...

    def named(self, prefix: str) -> list[Finding]:
        """What the id of a finding or a task stands for. Raises NotFound."""
        ...

    def carry_out(self, order: Order) -> Done:
        """Decide as ordered. Raises DecisionRefused and NotFound."""
        ...

    def asked(self, person: str) -> list[str]:
        """Names of the tasks that ``person`` is asked for."""
        ...

    def escalated(self, person: str) -> list[Finding]:
        """Findings of others that are late, and ``person``'s turn by now."""
        ...

    def flag(self, flagged: Flagged) -> Finding:
        """Put a flag on the work list. Raises NotFound."""
        ...

    def around(self, finding: Finding) -> tuple[str, str]:
        """The words before and after the quote of a finding."""
        ...


class DeskHere:
    """The desk over an open database; ``now`` is the clock."""

    def __init__(self, store: AuditStore, config: Config, now: Callable[[], datetime]) -> None:
        self._store, self._config, self._now = store, config, now

    def findings(self, where: Filter) -> list[Finding]:
        """Findings that fit, most urgent first."""
        return self._store.findings.matching(where)

    def named(self, prefix: str) -> list[Finding]:
        """What the id of a finding or a task stands for. Raises NotFound."""
        return self._store.findings.named(prefix)

    def carry_out(self, order: Order) -> Done:
        """Decide as ordered. Raises DecisionRefused and NotFound."""
        return carry_out(self._store, order, self._now())

    def asked(self, person: str) -> list[str]:
        """Names of the tasks that ``person`` is asked for."""
        return self._store.desk.asked().get(person, [])

    def escalated(self, person: str) -> list[Finding]:
        """Findings of others that are late, and ``person``'s turn by now."""
        return escalated_to(self._store, self._config, person, self._now())

    def flag(self, flagged: Flagged) -> Finding:
        """Put a flag on the work list. Raises NotFound."""
        with SnapshotStore(self._store.path) as snapshots:
            return raise_flag(self._store, snapshots, self._config, flagged, self._now())

    def around(self, finding: Finding) -> tuple[str, str]:
        """The words before and after the quote of a finding."""
        words = self._store.trends.context(finding.fingerprint)
        return words.before, words.after


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants it, and what they may: their role, and the names that findings know them by."""

    name: str
    role: PersonRole = PersonRole.LEAD
    names: tuple[str, ...] = field(default=())

    def may_decide(self, finding: Finding) -> bool:
        """Readers may not; owners on what is theirs or nobody's; leads may."""
        if self.role is PersonRole.OWNER:
            return finding.owner in ("", self.name, *self.names)
        return self.role is PersonRole.LEAD


def check_may_decide(asker: Asker, finding: Finding) -> None:
    """Raises DecisionRefused where the finding is not theirs to decide on."""
    if not asker.may_decide(finding):
        raise DecisionRefused(
            f"{finding.id}: it is {finding.owner or 'nobody'}'s; your role on this server "
            f"is {asker.role}, so ask them or a lead"
        )


def carry_out(store: AuditStore, order: Order, now: datetime, asker: Asker | None = None) -> Done:
    """Decide as ordered; in one transaction, so that a night meanwhile sees all of it or nothing.

    Raises DecisionRefused with every reason that stands in the way, before anything is changed.
    """
    if order.dry_run:
        found, decided = _decided(store, order, now, asker)
    else:
        with store.writing():
            found, decided = _decided(store, order, now, asker)
            for one in decided:
                store.findings.record(one.decision, one.finding, one.change)
    said = tuple(
        (one.finding, one.change.why if one.change else f"now with {one.finding.owner}")
        for one in decided
    )
    return Done(said, plan_of(found), order.dry_run)


def ask(config: Config, store: AuditStore, as_of: datetime) -> None:
    """Ask owners for what is new on the work list, within what each is asked at once."""
    new = newly_asked(
        store.findings.matching(Filter()),
        store.desk.asked(),
        store.desk.nights_asked(),
        first_nights=config.asking.first_nights,
        per_night=config.asking.per_night,
    )
    store.desk.ask(new, as_of)


def _decided(
    store: AuditStore, order: Order, now: datetime, asker: Asker | None
) -> tuple[list[Finding], list[Decided]]:
    found, refused = _meant(store, order)
    if order.plan and not refused and order.plan != plan_of(found):
        raise DecisionRefused(
            f"what you saw (plan {order.plan}) is no longer what is there (now {plan_of(found)}): "
            "findings came, went, changed or were decided on. Run it with --dry-run again."
        )
    decided = []
    decisions = (
        store.findings.decisions(finding.fingerprint for finding in found)
        if order.wish.kind is DecisionKind.UNDO
        else {}
    )
    for finding in found:
        try:
            if asker is not None:
                check_may_decide(asker, finding)
            if order.wish.kind is DecisionKind.UNDO:
                past = decisions.get(finding.fingerprint, [])
                decided.append(undo(finding, past, order.wish, now))
            else:
                decided.append(decide(finding, order.wish, now))
        except DecisionRefused as error:
            refused.append(error)
    if refused:
        text = "\n".join(str(error) for error in refused)
        if len(found) > len(refused) or len(order.ids) > len(refused):
            text += "\nNothing was changed, the other findings neither."
        raise DecisionRefused(text)
    return found, decided


def _meant(store: AuditStore, order: Order) -> tuple[list[Finding], list[AuditorError]]:
    """The findings an order is about, each once, and what is wrong with the rest of it."""
    found: dict[str, Finding] = {}
    refused: list[AuditorError] = []
    for word in order.ids:
        name, _, seen = word.partition("@")
        try:
            named = store.findings.named(name)
            if not name.strip().lower().startswith(ID_MARK):
                check_seen(named[0], seen)
            elif seen and seen != plan_of(f for f in named if f.state.needs_work):
                raise DecisionRefused(
                    f"{name}: the task changed since you looked at it; look again"
                )
            found.update((f.fingerprint, f) for f in _open_to(named, order.wish.kind))
        except (NotFound, DecisionRefused) as error:
            refused.append(error)
    if order.where is not None:
        fitting = store.findings.matching(order.where)
        found.update((f.fingerprint, f) for f in fitting if is_open_to(f, order.wish.kind))
    return list(found.values()), refused


def _open_to(found: Sequence[Finding], kind: DecisionKind) -> Sequence[Finding]:
    """Of a task the findings that can be decided on; where none can, all, to say why."""
    return [finding for finding in found if is_open_to(finding, kind)] or found
