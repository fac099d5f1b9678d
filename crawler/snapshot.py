"""What a server said at one instant: the crawler's only product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What kind of answer a fetch was; only ``ok`` and ``unchanged`` are content."""

    OK = "ok"
    UNCHANGED = "unchanged"
    REDIRECTED = "redirected"
    GONE = "gone"
    SOFT_404 = "soft_404"
    LOGIN_WALL = "login_wall"
    BLOCKED = "blocked"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    REFUSED = "refused"
    UNREADABLE = "unreadable"

    @property
    def is_content(self) -> bool:
        """Whether an auditor may read claims from this answer."""
        return self in (Outcome.OK, Outcome.UNCHANGED)


class Verification(StrEnum):
    """What a KMS says of a document's own review."""

    VERIFIED = "verified"
    EXPIRED = "expired"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Editorial:
    """What a KMS says of a document beside its body; every field None where it does not say.

    ``updated_at``, ``reviewed_at`` and ``valid_to`` (its own end of validity) are aware UTC.
    """

    title: str | None = None
    author: str | None = None
    owner: str | None = None
    updated_at: datetime | None = None
    reviewed_at: datetime | None = None
    edit_url: str | None = None
    valid_to: datetime | None = None
    verification: Verification | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What the body of a snapshot was made from, where that is no page.

    ``kind`` is pdf, docx, xlsx, xls or md. ``trouble`` is one of ``crawler.documents.Trouble``
    where it could not be read ("" where it could), ``detail`` a sentence on that; ``notes`` say
    what was left out of one that was read.
    """

    kind: str
    trouble: str = ""
    detail: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the server said at one instant.

    ``url`` is the normalised URL that was asked for (for a KMS: the reader's URL of the
    document). ``body`` is the decoded (decompressed) body; None unless the outcome is ``ok``
    or ``unchanged`` (then it is the stored body). ``charset`` is what the server declared.
    ``target`` is where a redirect pointed, ``detail`` one sentence for people on any outcome
    but ``ok``. ``digest`` is the content digest where the crawler has it already.

    A document (a PDF, say) goes into the store as the bytes that came, and comes out of it as the
    HTML that was made of it, with ``document`` set; the bytes stay there under their SHA-256.
    """

    source: str
    url: str
    fetched_at: datetime
    outcome: Outcome
    status: int | None = None
    media_type: str | None = None
    charset: str | None = None
    body: bytes | None = None
    etag: str | None = None
    last_modified: str | None = None
    target: str | None = None
    detail: str | None = None
    bytes_received: int = 0
    digest: str | None = None
    editorial: Editorial = Editorial()
    document: Document | None = None
