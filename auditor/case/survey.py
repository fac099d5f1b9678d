"""Two small surveys: what frustrates staff; which problems customers meet, and who leaves then.

Each is a CSV with one row a frustration or problem. A share is given in per cent, or as how many
of how many: the counts of the survey itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from auditor.contacts import REASONS, about
from auditor.errors import FeedError
from auditor.feeds import fields
from auditor.feeds.exports.sheet import Line, rows
from auditor.model import Contact, RejectedRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from auditor.model import Attribute

_Answer = TypeVar("_Answer")
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Problem:
    """What customers meet: the share of them that does, and of those the share that leaves.

    ``topic`` is the kind of fact it is about, or the survey's own word; "" where neither is known.
    """

    text: str
    topic: str
    frequency: Decimal
    loss: Decimal


@dataclass(frozen=True, slots=True)
class Frustration:
    """What staff is held up by: the share of them that names it, and minutes a week each loses."""

    text: str
    topic: str
    frequency: Decimal
    minutes_a_week: Decimal | None


@dataclass(frozen=True, slots=True)
class Survey:
    """What the two files hold, and rows that could not be used."""

    problems: tuple[Problem, ...] = ()
    frustrations: tuple[Frustration, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()


def read_customers(
    path: Path, words: Mapping[Attribute, Sequence[str]] = REASONS
) -> tuple[list[Problem], list[RejectedRow]]:
    """The customers' problems.

    Columns: ``problem``; ``frequency`` (per cent of customers who met it) or ``had_problem`` with
    ``respondents``; ``loyalty`` (per cent of those who would not buy again) or ``would_leave`` of
    ``had_problem``; ``topic`` where the words do not say it. Raises FeedError without them.
    """

    def build(line: Line) -> Problem:
        text = _text(line, "problem")
        frequency = _share(line, "frequency", "had problem", "respondents")
        loss = _share(line, "loyalty", "would leave", "had problem")
        return Problem(text, _topic(line, text, words), frequency, loss)

    return _read(path, "problem", build)


def read_staff(
    path: Path, words: Mapping[Attribute, Sequence[str]] = REASONS
) -> tuple[list[Frustration], list[RejectedRow]]:
    """The staff's frustrations.

    Columns: ``frustration``; ``frequency`` (per cent of staff who name it) or ``named`` with
    ``respondents``; ``minutes_a_week`` each of them loses (may be empty); ``topic``.
    """

    def build(line: Line) -> Frustration:
        text = _text(line, "frustration")
        lost = line.cells.get("minutes a week", "")
        return Frustration(
            text,
            _topic(line, text, words),
            _share(line, "frequency", "named", "respondents"),
            fields.exact(lost) if lost else None,
        )

    return _read(path, "frustration", build)


def topic_of(text: str, words: Mapping[Attribute, Sequence[str]] = REASONS) -> str:
    """The kind of fact a survey's sentence speaks of, "" where it speaks of none.

    >>> topic_of("Had to phone to learn the current price"), topic_of("Hold music too loud")
    ('price', '')
    """
    return str(about(Contact("", _ANY_DAY, subject=text), words) or "")


def _read(
    path: Path, needed: str, build: Callable[[Line], _Answer]
) -> tuple[list[_Answer], list[RejectedRow]]:
    found: list[_Answer] = []
    rejected: list[RejectedRow] = []
    known = False
    for head, line in _rows(path):
        if line is None:
            known = known or needed in head
        elif needed in head:
            try:
                found.append(build(line))
            except ValueError as error:
                rejected.append(RejectedRow(path.name, line.number, str(error), line.text))
    if not known:
        raise FeedError(f"{path.name} has no column {needed!r}; docs/cost.md says what it needs")
    return found, rejected


def _rows(path: Path) -> Iterator[tuple[tuple[str, ...], Line | None]]:
    if not path.is_file():
        raise FeedError(f"there is no survey {path}")
    for head, line in rows(path, "utf-8"):
        yield head.columns, line


def _text(line: Line, name: str) -> str:
    text = line.cells.get(name, "")
    if not text:
        raise ValueError(f"the {name} is empty")
    return text[:300]


def _topic(line: Line, text: str, words: Mapping[Attribute, Sequence[str]]) -> str:
    given = " ".join(line.cells.get("topic", "").casefold().split()).replace(" ", "_")
    return given or topic_of(text, words)


def _share(line: Line, name: str, part: str, whole: str) -> Decimal:
    """A share of 1, from per cent or from how many of how many."""
    given = line.cells.get(name, "").removesuffix("%").strip()
    if given:
        share = fields.exact(given) / 100
    else:
        some, all_ = (line.cells.get(column, "") for column in (part, whole))
        if not some or not all_:
            raise ValueError(f"give {name} in per cent, or {part} and {whole}")
        total = fields.exact(all_)
        share = fields.exact(some) / total if total else Decimal(-1)
    if not 0 <= share <= 1:
        raise ValueError(f"{name} is no share between 0 and 100 %")
    return share
