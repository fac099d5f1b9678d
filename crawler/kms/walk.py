"""What the connectors of JSON APIs have in common: starting, asking by id, knowing what changed.

A connector says where its listing is, which request brings one document, and how an answer of each
kind is read; this is the rest.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from crawler.errors import SourceError
from crawler.kms.api import basic, bearer, instant, iso, read_json
from crawler.kms.interface import Capabilities, Cursor, Gone, Known, Problem, Seen, Sweep
from crawler.kms.throttle import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from crawler.kms.interface import Access, Event, Request, Response
    from crawler.kms.throttle import Throttle

# Clocks differ and transactions take their time: so much before the cursor is read again.
OVERLAP = timedelta(minutes=10)
# Where a filter's literals are in the zone of a user or server we do not know.
ZONE_OVERLAP = timedelta(hours=26)
# So many documents refused on end are no coincidence.
REFUSALS = 3


class Reader(Protocol):
    """Reads the answers of one kind of request."""

    def __call__(self, response: Response, answer: Any) -> Iterator[Event]:
        """What the answer holds, and which requests follow."""
        ...


class JsonConnector:
    """A connector of a JSON API; each vendor's own is a small subclass.

    The cursor is the server's own clock (``Date``) when the run began. Class attributes:
    ``overlap`` is how far before it changes are asked for again, ``options`` are the keys the
    connector knows in ``options``.
    """

    name: str = ""
    capabilities: Capabilities
    throttle: Throttle = PLAIN
    overlap: ClassVar[timedelta] = OVERLAP
    options: ClassVar[frozenset[str]] = frozenset()
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, access: Access) -> None:
        unknown = sorted(set(access.options) - self.options)
        if unknown:
            known = ", ".join(sorted(self.options)) or "none"
            raise SourceError(f"{self.name}: unknown option {unknown[0]!r}; known: {known}")
        self.access = access
        self.base = access.url.rstrip("/")
        self.known = Known()
        self.since: datetime | None = None
        self._cursor_set = False
        self._refusals = 0
        self.prepare()

    # What a vendor's connector says -------------------------------------------------------------

    def prepare(self) -> None:
        """Read the options. Raises SourceError where one makes no sense."""

    def listing(self, since: datetime | None) -> Iterable[Event]:
        """Requests that list what changed since an instant; None: everything."""
        raise NotImplementedError

    def one(self, identity: str) -> Request:
        """The request that brings one document by its id."""
        raise NotImplementedError

    def readers(self) -> Mapping[str, Reader]:
        """How an answer is read, by the kind of its request."""
        raise NotImplementedError

    def sign(self, request: Request, token: str) -> Request:
        """The request with the secret put in: HTTP basic where there is a user, else bearer."""
        user = self.access.user
        return basic(request, user, token) if user else bearer(request, token)

    # What a runner calls ------------------------------------------------------------------------

    def start(self, known: Known) -> Iterable[Event]:
        """The listing and what is to be tried again, or just some documents."""
        self.known = known
        if known.only:
            yield from map(self.one, known.only)
            return
        began = None if known.full_sweep else instant(known.cursor)
        self.since = began - self.overlap if began is not None else None
        if self.since is None:
            yield Sweep()
        yield from self.listing(self.since)
        if self.since is not None:
            yield from map(self.one, known.retry)

    def parse(self, response: Response) -> Iterator[Event]:
        """One answer, read by the reader of its kind; what is no usable JSON is a Problem."""
        if not self._cursor_set and not self.known.only:
            yield from self._cursor(response)
        answer = self.read(response)
        if isinstance(answer, Problem | Gone):
            yield self._weighed(answer, response)
            return
        self._refusals = 0
        yield from self.readers()[response.request.kind](response, answer)

    def read(self, response: Response) -> Any | Problem | Gone:
        """The answer's JSON, or what is wrong with it."""
        return read_json(response)

    def authorise(self, request: Request) -> Request:
        """The secret as this vendor wants it, where there is one."""
        if self.headers:
            request = replace(request, headers={**self.headers, **request.headers})
        return self.sign(request, self.access.token) if self.access.token else request

    # Help for readers ---------------------------------------------------------------------------

    def seen(
        self, identity: str, url: str, version: str | None, *, views: int | None = None
    ) -> Iterator[Event]:
        """The document exists; a request for its body where that changed."""
        yield Seen(identity, url, version, views)
        if self.is_wanted(identity, version):
            yield self.one(identity)

    def is_wanted(self, identity: str, version: str | None) -> bool:
        """Whether a document's body is to be read: it changed, or could not be read before."""
        if self.known.only:
            return identity in self.known.only
        return version is None or self.known.versions.get(identity) != version

    def is_old(self, updated: datetime | None) -> bool:
        """Whether a listing sorted newest first has come to what was read already."""
        return self.since is not None and updated is not None and updated < self.since

    def wanted(self, option: str) -> list[str]:
        """An option that is a list, or one value, or absent."""
        given = self.access.options.get(option, [])
        values = given if isinstance(given, list) else [given]
        return [str(value).strip() for value in values if str(value).strip()]

    def option(self, option: str, default: str = "") -> str:
        """An option that is one value."""
        found = self.wanted(option)
        return found[0] if found else default

    def _weighed(self, found: Problem | Gone, response: Response) -> Problem | Gone:
        """One document may be closed to us with 401; several on end mean a token that ran out."""
        if not isinstance(found, Problem) or response.status != 401:
            self._refusals = 0
            return found
        self._refusals += 1
        if found.fatal or self._refusals < REFUSALS:
            return found
        message = f"{found.message}; {self._refusals} on end: has the token run out?"
        return Problem(found.code, message, fatal=True)

    def _cursor(self, response: Response) -> Iterator[Event]:
        date = response.headers.get("date", "")
        try:
            began = parsedate_to_datetime(date)
        except (TypeError, ValueError):
            return
        self._cursor_set = True
        yield Cursor(iso(began))
