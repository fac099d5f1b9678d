"""Records that several pages show: plain, already counted, ranked and worded.

With a page's own record (``auditor/report/pages/``) they are exactly what templates may see.

Templates do no arithmetic and no look-ups; text in these records is still hostile (it was
crawled) and is escaped by the templates' autoescape. Links are http(s) or None.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole for a stacked bar: ``offset`` and ``width`` in per cent of the bar."""

    name: str
    label: str
    count: int
    offset: float
    width: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: what it counts, its formula with the numbers put in, where more of it stands.

    ``tone`` is "good" or "bad" where the number is held against something, else "".
    """

    value: str
    label: str
    formula: str
    href: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """The night in one sentence, a bar and figures. ``shares`` is empty before the first audit."""

    sentence: str
    formula: str
    right: int
    wrong: int
    not_judged: int
    freshness: str
    coverage: str
    shares: tuple[Share, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a priority, as the formula is printed."""

    name: str
    shown: str
    value: str


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One thing that happened to a finding: a decision or a state change."""

    at: str
    what: str
    who: str
    note: str


@dataclass(frozen=True, slots=True)
class CostRow:
    """One figure of what a finding cost so far, with its formula; only on its task's page."""

    name: str
    formula: str


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding with both sides quoted.

    ``href`` leads to its place on its task's page; ``live_link`` opens the page at the quote;
    ``copy`` is the id of the page's annotated copy, "" where there is none.
    """

    id: str
    href: str
    state: str
    state_label: str
    verdict: str
    diagnosis: str
    sku: str
    product: str
    group: str
    owner: str
    source: str
    url: str
    link: str | None
    live_link: str | None
    edit_link: str | None
    copy: str
    attribute: str
    key: str
    fact: str
    claimed: str
    expected: str
    note: str
    replacement: str
    before: str
    quote: str
    document_place: str
    after: str
    truth_feed: str
    truth_row: str
    truth_valid_from: str
    stale_since: str
    first_seen: str
    last_seen: str
    observed_at: str
    closed_at: str
    snapshot: str
    method: str
    confidence: str
    priority: str
    priority_formula: str
    priority_parts: tuple[Factor, ...]
    task: str
    history: tuple[HistoryRow, ...] = ()
    three_way: str = ""
    three_way_note: str = ""
    cost: tuple[CostRow, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task: where to start, what to do, and how much the same fix settles.

    ``name`` is "" where one finding is all there is; ``fix`` is one sentence, ``clears`` its
    second half; ``owners`` are all concerned, with spaces between them.
    """

    rank: int
    id: str
    href: str
    name: str
    cause: str
    fix: str
    clears: str
    findings: int
    pages: int
    products: int
    owners: str
    first: FindingRow


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One product group, owner or source: what was right, wrong and not judged there.

    ``score`` is a group's popularity, 0–100, "" where it is not known or no group's; ``popularity``
    how it comes about.

    ``views`` are page views in 30 days of its judged products; ``fresh_views`` the share of them
    that saw the right value, "–" where none are known. ``freshness`` is right of judged.
    """

    name: str
    href: str
    popularity: str
    score: str
    right: int
    wrong: int
    not_judged: int
    open: int
    tasks: int
    freshness: str
    coverage: str
    views: int
    fresh_views: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """How a source was read last: outcomes of the last crawl.

    ``tone`` is "good", "doubtful" or "bad"; ``readable`` says how many articles a knowledge base
    let us read, and when it last listed all.
    """

    name: str
    kind: str
    state: str
    last_crawl: str
    pages: int
    outcomes: tuple[tuple[str, int], ...]
    tone: str = ""
    href: str = ""
    note: str = ""
    readable: str = ""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A feed row that could not be used."""

    where: str
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class FeedRow:
    """How a feed was read last; ``tone`` is "good", "doubtful" or "bad"."""

    name: str
    state: str
    last_read: str
    rows: int
    added: int
    changed: int
    removed: int
    rejected: int
    message: str
    tone: str = ""
    rejects: tuple[RejectedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """What a feed's owner is asked: a value that waits ("held"), or truths that disagree.

    ``says`` and ``also_says`` are the two statements, each with its row where known.
    """

    kind: str
    feeds: str
    owner: str
    fact: str
    says: str
    also_says: str
    since: str


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason for not judging, with its meaning and examples (url, sku, quote)."""

    reason: str
    meaning: str
    count: int
    examples: tuple[tuple[str, str | None, str, str], ...]


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """Something wrong with our own eyes."""

    kind: str
    subject: str
    message: str
    since: str


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """Something an audit noticed that is no finding; examples are (url, link, sku, text)."""

    kind: str
    subject: str
    count: int
    message: str
    examples: tuple[tuple[str, str | None, str, str], ...]


@dataclass(frozen=True, slots=True)
class StateRow:
    """How many findings are in a state, and what the state means."""

    state: str
    meaning: str
    count: int
