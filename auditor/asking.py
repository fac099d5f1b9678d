"""How much is asked of people at once. Pure: what was asked before is an argument.

A task that somebody is asked for stays asked until it is answered. Each night new ones are added,
most urgent first, until the person's allowance is full; on the first nights it is smaller, so that
nobody meets a thousand rows on the first morning, and trust grows with it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from auditor.model import State

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from auditor.model import Finding

WAITING = frozenset({State.OPEN, State.REOPENED, State.NOT_OBSERVED})
"""States in which a finding waits for an answer; an acknowledged one has been answered."""


def allowance(nights_before: int, first_nights: Sequence[int], per_night: int) -> int:
    """Tasks that may wait for one person after so many earlier nights of being asked.

    >>> [allowance(night, (5, 10), 20) for night in range(4)]
    [5, 10, 20, 20]
    """
    if nights_before < len(first_nights):
        return min(first_nights[nights_before], per_night)
    return per_night


def newly_asked(
    findings: Sequence[Finding],
    asked: Mapping[str, Collection[str]],
    nights: Mapping[str, int],
    *,
    first_nights: Sequence[int],
    per_night: int,
) -> dict[str, list[str]]:
    """Names of the tasks to ask each owner for from now on, most urgent first.

    ``findings`` are the work list by urgency; ``asked`` the tasks by person that were asked for
    before, ``nights`` on how many nights anything was.
    """
    waiting: dict[str, dict[str, None]] = defaultdict(dict)
    for finding in findings:
        if finding.owner and finding.state in WAITING:
            waiting[finding.owner].setdefault(finding.task)
    new = {}
    for person, tasks in sorted(waiting.items()):
        before = asked.get(person, ())
        unanswered = sum(task in before for task in tasks)
        room = allowance(nights.get(person, 0), first_nights, per_night) - unanswered
        fresh = [task for task in tasks if task not in before]
        if room > 0 and fresh:
            new[person] = fresh[:room]
    return new
