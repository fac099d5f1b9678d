"""The nouns of the auditor: frozen records and closed sets, no I/O.

Read this file first; everything else turns one of these records into another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from auditor.values.types import Basis, Value


class Attribute(StrEnum):
    """What kind of fact a claim or truth is about."""

    PRICE = "price"
    MOQ = "moq"
    ORDER_MULTIPLE = "order_multiple"
    PACK_SIZE = "pack_size"
    MIN_ORDER_VALUE = "min_order_value"
    LEAD_TIME = "lead_time"
    AVAILABILITY = "availability"
    STATUS = "status"
    SPEC = "spec"
    OFFER = "offer"
    POLICY = "policy"
    REPORTED = "reported"
    """Not read by anybody: a person flagged it without saying which fact it is."""


class Role(StrEnum):
    """Which price a price is; ``NONE`` for every attribute that has no roles."""

    NONE = ""
    LIST = "list"
    SALE = "sale"
    WAS = "was"
    RRP = "rrp"
    FROM = "from"
    MEMBER = "member"
    TIER = "tier"

    @property
    def is_current(self) -> bool:
        """Whether a price in this role is what an anonymous customer pays today."""
        return self in (Role.NONE, Role.LIST, Role.SALE, Role.FROM, Role.TIER)


class Method(StrEnum):
    """Where on the page the evidence stood."""

    TABLE = "table"
    PAIR = "pair"
    PROSE = "prose"
    JSON_LD = "json_ld"
    MICRODATA = "microdata"
    RDFA = "rdfa"
    OPEN_GRAPH = "open_graph"
    EMBEDDED_JSON = "embedded_json"
    PROFILE = "profile"


class Verdict(StrEnum):
    """What comparing a claim with the truths in force came to."""

    MATCH = "match"
    MISMATCH = "mismatch"
    MISSING = "missing"
    EXTRA = "extra"
    CONTRADICTION = "contradiction"
    EXPIRED = "expired"
    NOT_JUDGED = "not_judged"
    REPORTED = "reported"

    @property
    def is_finding(self) -> bool:
        """Whether this verdict opens a finding."""
        return self not in (Verdict.MATCH, Verdict.NOT_JUDGED)


class Diagnosis(StrEnum):
    """Why a value is wrong."""

    NONE = ""
    OUTDATED = "outdated"
    EARLY = "early"
    OTHER_PRODUCT = "other_product"
    BASIS = "basis"
    SLIP = "slip"
    MARKUP_STALE = "markup_stale"
    NEVER_VALID = "never_valid"


class Reason(StrEnum):
    """Why something was skipped or not judged; every member is explained in docs/judgement.md."""

    AMBIGUOUS_NUMBER = "ambiguous_number"
    AMBIGUOUS_PRODUCT = "ambiguous_product"
    AMBIGUOUS_CURRENCY = "ambiguous_currency"
    UNKNOWN_PRODUCT = "unknown_product"
    NO_TRUTH = "no_truth"
    NO_CLAIM = "no_claim"
    SOURCE_CONFLICT = "source_conflict"
    PROPAGATION_GRACE = "propagation_grace"
    OTHER_MARKET = "other_market"
    OTHER_CHANNEL = "other_channel"
    OTHER_CURRENCY = "other_currency"
    CUSTOMER_SPECIFIC = "customer_specific"
    NOT_PUBLISHED = "not_published"
    VARIANT_NOT_SELECTED = "variant_not_selected"
    PACKAGING_LEVEL = "packaging_level"
    BASIS_UNCLEAR = "basis_unclear"
    ROLE_UNCLEAR = "role_unclear"
    HISTORIC = "historic"
    EXAMPLE = "example"
    NOT_CURRENT = "not_current"
    EMPTY_VALUE = "empty_value"
    NEEDS_RENDER = "needs_render"
    NO_TEXT_LAYER = "no_text_layer"
    UNREADABLE = "unreadable"
    LOGIN_WALL = "login_wall"
    SOFT_404 = "soft_404"
    SERVER_ERROR = "server_error"
    BLOCKED = "blocked"
    FEED_GATED = "feed_gated"
    VALUE_HELD = "value_held"
    SOURCE_DOUBT = "source_doubt"
    INCOMPARABLE = "incomparable"


@dataclass(frozen=True, slots=True)
class Product:
    """A catalogue product. ``urls`` are its main pages (canonical), most important first."""

    sku: str
    name: str = ""
    mpn: str = ""
    gtin: str = ""
    aliases: tuple[str, ...] = ()
    group: str = ""
    owner: str = ""
    urls: tuple[str, ...] = ()
    status: str = "active"
    superseded_by: str = ""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a feed asserts of a product, with its basis and validity.

    ``key`` is the spec name, the price role ("" list, "sale") or the id of an offer or policy.
    ``valid_from`` inclusive, ``valid_to`` exclusive, aware UTC, None = open. ``first_seen`` is
    when Sellby first read it. ``row`` is "truths.csv:17".
    """

    sku: str
    attribute: Attribute
    key: str
    value: Value
    basis: Basis = Basis()
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    first_seen: datetime | None = None
    feed: str = ""
    row: str = ""

    def in_force(self, at: datetime) -> bool:
        """Whether it holds at ``at`` (aware)."""
        return (self.valid_from is None or self.valid_from <= at) and (
            self.valid_to is None or at < self.valid_to
        )


@dataclass(frozen=True, slots=True)
class Locator:
    """Where a quote stands: ``start``/``end`` are characters of Page.text (markup claims: of
    the anchor, -1/-1 where the value is not visible), ``path`` an XPath or JSON path; in a
    document, the place as people name it ("page 3", "sheet Prices, row 14")."""

    start: int
    end: int
    path: str = ""

    @property
    def place(self) -> str:
        """Where in its document the quote stands; "" on a page, whose paths are for machines."""
        return "" if self.path[:1] in ("/", "(", "$") or "[" in self.path else self.path


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement an extractor found, not yet bound to a product.

    ``sku_hint`` is an identifier standing in the same structured node or table row ("" where
    none); ``scope`` the span of Page.text within which a product mention may own the statement.
    ``label`` is the folded text that says what the value is; ``region`` the page region
    (``auditor.page.model.Region``) it stands in, "markup" for what no reader sees.
    ``tentative`` statements confirm a truth where they are equal to one, and accuse nobody: their
    label names the fact only loosely, or (``key`` empty) not at all. A ``hint`` has only a word of
    the business beside it: where it equals the truth in force it confirms, else it is nothing.
    """

    attribute: Attribute
    key: str
    role: Role
    value: Value
    basis: Basis
    quote: str
    locator: Locator
    method: Method
    visible: bool = True
    confidence: float = 1.0
    sku_hint: str = ""
    scope: tuple[int, int] = (-1, -1)
    valid_to: datetime | None = None
    label: str = ""
    region: str = "main"
    valid_from: datetime | None = None
    tentative: bool = False
    hint: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """What one page says of one product; ``tentative`` and ``hint`` as of its candidate."""

    source: str
    url: str
    sku: str
    attribute: Attribute
    key: str
    role: Role
    value: Value
    basis: Basis
    quote: str
    locator: Locator
    method: Method
    visible: bool
    confidence: float
    binding: str = ""
    valid_to: datetime | None = None
    valid_from: datetime | None = None
    tentative: bool = False
    hint: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something seen but not understood or not attributable. Shown, never dropped."""

    reason: Reason
    quote: str
    locator: Locator
    attribute: Attribute | None = None
    sku: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What comparing came to for one fact of one product on one page.

    ``claimed`` and ``expected`` are canonical text ("12.40 EUR / 100 pcs"); ``note`` is one
    sentence a product manager understands; ``stale_since`` is when the claimed value stopped
    being true; ``versions_behind`` counts the truths since then.
    """

    source: str
    url: str
    sku: str
    attribute: Attribute
    key: str
    role: str
    verdict: Verdict
    diagnosis: Diagnosis = Diagnosis.NONE
    reason: Reason | None = None
    claim: Claim | None = None
    truth: Truth | None = None
    claimed: str = ""
    expected: str = ""
    unit: str = ""
    note: str = ""
    quote: str = ""
    locator: Locator = Locator(-1, -1)
    stale_since: datetime | None = None
    versions_behind: int | None = None
    replacement: str = ""


class State(StrEnum):
    """Where a finding stands; only a later snapshot leads to ``verified``."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLAIMED_FIXED = "claimed_fixed"
    VERIFIED = "verified"
    NOT_OBSERVED = "not_observed"
    REOPENED = "reopened"
    WAIVED = "waived"
    REJECTED = "rejected"

    @property
    def needs_work(self) -> bool:
        """Whether it belongs on a work list."""
        return self in (State.OPEN, State.ACKNOWLEDGED, State.NOT_OBSERVED, State.REOPENED)


class Cause(StrEnum):
    """What one fix would clear all findings of a task."""

    FACT = "fact"
    PRODUCT = "product"
    PRICE_LIST = "price_list"
    TEMPLATE = "template"
    COPY = "copy"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One open disagreement between a page and the truth.

    ``fingerprint`` is stable over wrong values and positions: source, url, sku, attribute, key
    and role. ``id`` is its first 8 characters, lengthened where two would clash. ``priority`` is
    0–100. ``snapshot`` is the SHA-256 of the body the quote stands in; ``observed_at`` when that
    page was last fetched. ``task`` names the piece of work it belongs to, ``cause`` its kind.
    """

    id: str
    fingerprint: str
    judgement: Judgement
    state: State
    first_seen: datetime
    last_seen: datetime
    product: str = ""
    group: str = ""
    owner: str = ""
    priority: float = 0.0
    priority_parts: tuple[tuple[str, str, float], ...] = ()
    task: str = ""
    snapshot: str = ""
    observed_at: datetime | None = None
    waived_until: datetime | None = None
    closed_at: datetime | None = None
    cause: Cause = Cause.FACT


class DecisionKind(StrEnum):
    """What a person can decide about a finding."""

    CONFIRM = "confirm"
    ACK = "ack"
    REJECT = "reject"
    WAIVE = "waive"
    ASSIGN = "assign"
    REOPEN = "reopen"
    UNDO = "undo"


class PersonRole(StrEnum):
    """What somebody may do on the server: read, decide on what is theirs, decide on everything."""

    READER = "reader"
    OWNER = "owner"
    LEAD = "lead"


@dataclass(frozen=True, slots=True)
class Before:
    """What a decision changes of a finding, as it was before: so that it can be taken back."""

    state: State
    owner: str
    waived_until: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided what on which finding and which evidence; append-only.

    ``claimed``, ``expected`` and ``evidence`` (body SHA-256) are what the person saw. ``id`` is its
    number in the log (0: not there yet); ``undoes`` that of the decision it takes back.
    """

    fingerprint: str
    kind: DecisionKind
    who: str
    at: datetime
    reason: str = ""
    note: str = ""
    until: datetime | None = None
    assignee: str = ""
    claimed: str = ""
    expected: str = ""
    evidence: str = ""
    before: Before | None = None
    id: int = 0
    undoes: int = 0


@dataclass(frozen=True, slots=True)
class Incident:
    """Something wrong with our own eyes; one incident, no page findings.

    ``kind`` is a closed word ("source_unreachable", "login_wall", "feed_missing" …), ``subject``
    the source or feed. ``message`` says what happened and what to do.
    """

    kind: str
    subject: str
    message: str
    opened_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A feed row that could not be used: file, 1-based line, reason and the row's own text."""

    file: str
    line: int
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A ticket or call that cost somebody time.

    ``id`` is the help desk's own, ``at`` aware UTC. ``product`` is whatever the help desk names
    it by, or "" ; ``subject`` what the customer wrote above it; ``reason`` the desk's own word.
    ``minutes`` is the handling time, None where it was not measured; ``repeat`` whether the
    customer came back with the same matter, None where nobody said. ``who`` stands for the
    customer without naming one (a digest), "" where it is unknown.
    """

    id: str
    at: datetime
    product: str = ""
    url: str = ""
    subject: str = ""
    reason: str = ""
    minutes: Decimal | None = None
    repeat: bool | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class Popularity:
    """A product's popularity, 0–100; ``parts`` explain it: (signal, count, points).

    ``score`` is None where no signal is known.
    """

    sku: str
    score: float | None
    parts: tuple[tuple[str, Decimal, float], ...] = field(default=())
