"""What stands between findings and people: clocks, asks, rules' records, questions, flags."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.store.instants import from_text, instant, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from auditor.store.database import AuditStore


@dataclass(frozen=True, slots=True)
class Clock:
    """When a finding on the work list opened (again), and when somebody first answered since."""

    opened_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Question:
    """A page is right and the feed wrong, somebody says: a question to the feed's owner."""

    finding: str
    feed: str
    row: str
    sku: str
    attribute: str
    key: str
    page_says: str
    feed_says: str
    url: str
    who: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Flag:
    """A fact that a service rep could not find, or found wrong, and the minutes that cost.

    ``url`` or ``sku`` is "" where it was not said; ``seen`` is the SHA-256 of what the page showed
    then, "" where it is not stored.
    """

    id: int
    fingerprint: str
    who: str
    at: datetime
    url: str
    sku: str
    note: str
    minutes: int
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Fixed:
    """One disagreement that a snapshot saw fixed: when it opened, was answered, and was fixed."""

    fingerprint: str
    owner: str
    opened_at: datetime
    answered_at: datetime | None
    fixed_at: datetime


class Desk:
    """The tables ``ask`` and ``flag``, and what decisions and states tell of people."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store
        self._db = store.database

    # Clocks --------------------------------------------------------------------------------------

    def clocks(self) -> dict[str, Clock]:
        """The clocks of everything on the work list, by fingerprint."""
        rows = self._db.execute(
            f"select fingerprint, opened, {_ANSWERED} from (select f.fingerprint, {_OPENED} as "
            f"opened from finding f where f.state in {_ON_THE_LIST}) o"
        )
        return {key: Clock(instant(opened), from_text(at)) for key, opened, at in rows}

    def fixed(self, since: datetime) -> list[Fixed]:
        """What was seen fixed since then, oldest first: the fixed-in clocks that have stopped."""
        rows = self._db.execute(
            f"select fingerprint, owner, opened, {_ANSWERED}, closed_at from (select "
            f"f.fingerprint, f.owner, f.closed_at, {_OPENED} as opened from finding f where "
            "f.state = 'verified' and f.closed_at >= ?) o order by closed_at, fingerprint",
            (to_text(since),),
        )
        return [
            Fixed(key, owner, instant(opened), from_text(answered), instant(closed))
            for key, owner, opened, answered, closed in rows
        ]

    # Asks ----------------------------------------------------------------------------------------

    def asked(self) -> dict[str, list[str]]:
        """Names of the tasks that were asked for, by person, oldest first."""
        found: dict[str, list[str]] = defaultdict(list)
        rows = self._db.execute("select person, task from ask order by asked_at, task")
        for person, task in rows:
            found[person].append(task)
        return dict(found)

    def nights_asked(self) -> dict[str, int]:
        """On how many nights each person was asked for anything."""
        rows = self._db.execute(
            "select person, count(distinct substr(asked_at, 1, 10)) from ask group by person"
        )
        return dict(rows)

    def ask(self, new: Mapping[str, Iterable[str]], at: datetime) -> None:
        """Keep what is asked of whom from now on."""
        with self._store.writing():
            self._db.conn.executemany(
                "insert or ignore into ask (person, task, asked_at) values (?, ?, ?)",
                [(person, task, to_text(at)) for person, tasks in new.items() for task in tasks],
            )

    # Rules and questions -------------------------------------------------------------------------

    def rule_outcomes(self, against: Iterable[str]) -> list[tuple[str, str, str, int, int]]:
        """(attribute, method, problem, right, wrong) of every rule that was decided on.

        ``against`` are the reasons of a rejection that count against the rule.
        """
        reasons = list(against)
        marks = ", ".join("?" * len(reasons))
        rows = self._db.execute(
            "select attribute, method, problem, sum(wrong = 0 and right), sum(wrong) from ("
            "select attribute, method, iif(diagnosis = '', verdict, diagnosis) as problem, "
            f"(state = 'rejected' and reason in ({marks})) as wrong, "
            "(state = 'verified' or answered or (state = 'rejected' "
            "and reason not in ('', 'duplicate'))) as right from ("
            f"select f.*, coalesce((select reason from decision d where {_STANDS} and "
            "d.fingerprint = f.fingerprint and d.kind = 'reject' order by d.id desc limit 1), '') "
            f"as reason, exists (select 1 from decision d where {_STANDS} and "
            "d.fingerprint = f.fingerprint and d.kind in ('confirm', 'ack', 'waive')) as answered "
            "from finding f where f.verdict != 'reported')) "
            "group by 1, 2, 3 having sum(right or wrong) > 0 order by 1, 2, 3",
            reasons,
        )
        return [tuple(row) for row in rows]

    def questions(self) -> list[Question]:
        """What people say the feeds have wrong and nobody has answered yet, feed by feed."""
        rows = self._db.execute(
            "select f.id, f.truth_feed, f.truth_row, f.sku, f.attribute, f.key, f.claimed, "
            "f.expected, f.url, d.who, d.note, d.at from finding f join decision d on d.id = ("
            f"select max(d.id) from decision d where {_STANDS} and d.fingerprint = f.fingerprint "
            "and d.kind = 'reject') where f.state = 'rejected' and "
            "d.reason = 'page_right_feed_wrong' order by f.truth_feed, d.at, f.id"
        )
        return [_question(*row) for row in rows]

    # Flags ---------------------------------------------------------------------------------------

    def flag(self, flag: Flag) -> None:
        """Keep a flag."""
        self._db.execute(
            "insert into flag (id, fingerprint, who, at, url, sku, note, minutes, seen) "
            "values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                flag.id, flag.fingerprint, flag.who, to_text(flag.at), flag.url, flag.sku,
                flag.note, flag.minutes, flag.seen,
            ),
        )  # fmt: skip

    def next_flag(self) -> int:
        """The number of the flag to come; only inside a transaction."""
        row = self._db.execute("select coalesce(max(id), 0) + 1 from flag").fetchone()
        return int(row[0])

    def flags(self, since: datetime | None = None, until: datetime | None = None) -> list[Flag]:
        """Flags of a time, oldest first; ``until`` is exclusive, None is no limit."""
        rows = self._db.execute(
            "select id, fingerprint, who, at, url, sku, note, minutes, seen from flag "
            "where at >= ? and at < ? order by id",
            (to_text(since) or "", to_text(until) or "~"),
        )
        return [
            Flag(number, key, who, instant(at), url, sku, note, minutes, seen)
            for number, key, who, at, url, sku, note, minutes, seen in rows
        ]


def _question(*row: Any) -> Question:
    told: tuple[Any, ...] = (*row[:-1], instant(row[-1]))
    return Question(*told)


_ON_THE_LIST = "('open', 'acknowledged', 'claimed_fixed', 'not_observed', 'reopened')"
# A clock starts when a disagreement opens, and anew when one opens that was over.
_OPENED = (
    "coalesce((select max(s.at) from state_change s where s.fingerprint = f.fingerprint and "
    "s.new in ('open', 'reopened') and s.old in ('', 'verified', 'waived', 'rejected')), "
    "f.first_seen)"
)
# A decision that was not taken back.
_STANDS = "d.kind != 'undo' and not exists (select 1 from decision u where u.undoes = d.id)"
_ANSWERED = (
    f"(select min(d.at) from decision d where {_STANDS} and d.fingerprint = o.fingerprint "
    "and d.at >= o.opened and d.kind != 'assign')"
)
