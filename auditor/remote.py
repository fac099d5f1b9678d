"""The desk of a server elsewhere: the same decisions, over its JSON API."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from auditor.desk import Done
from auditor.errors import AuditorError, DecisionRefused, Locked, NotFound, ServerFailed
from auditor.recheck import Rechecked
from auditor.records import finding_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from auditor.desk import Order
    from auditor.flags import Flagged
    from auditor.model import Finding
    from auditor.store.findings import Filter

TIMEOUT_SECONDS = 30.0
MOST_ANSWER_BYTES = 64 * 1024 * 1024

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 2.0
"""Between two questions whether a page was looked at: the first, and what they grow to."""


class DeskThere:
    """The desk at ``url``, with one's own ``token``; a context manager.

    Every method raises ServerFailed where there is no usable answer; nothing was decided then,
    unless it says otherwise.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = urlsplit(url), token
        host, port = self._url.hostname or "", self._url.port
        self._connection = (
            http.client.HTTPSConnection(
                host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
            if self._url.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
        )
        self._around: dict[str, tuple[str, str]] = {}

    def __enter__(self) -> DeskThere:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def rows(self, where: Filter, *, with_cost: bool = False) -> list[dict[str, Any]]:
        """Findings that fit, as the server's records; ``with_cost`` takes it longer."""
        query = _query(where) | ({"cost": "1"} if with_cost else {})
        found: list[dict[str, Any]] = self._call("GET", f"/api/findings?{urlencode(query)}")
        return found

    def findings(self, where: Filter) -> list[Finding]:
        """Findings that fit, most urgent first."""
        return [_known(row) for row in self.rows(where)]

    def named_rows(self, prefix: str) -> list[dict[str, Any]]:
        """What an id stands for, as the server's records. Raises NotFound."""
        rows: list[dict[str, Any]] = self._call("GET", f"/api/findings/{quote(prefix, safe='')}")
        for row in rows:
            self._around[row["fingerprint"]] = (row.get("before", ""), row.get("after", ""))
        return rows

    def named(self, prefix: str) -> list[Finding]:
        """What the id of a finding or a task stands for. Raises NotFound."""
        return [_known(row) for row in self.named_rows(prefix)]

    def carry_out(self, order: Order) -> Done:
        """Decide as ordered. Raises DecisionRefused and NotFound.

        Who decides is whoever the token belongs to, whatever the order says.
        """
        wish = order.wish
        body = {
            "kind": str(wish.kind),
            "ids": list(order.ids),
            "where": _query(order.where) if order.where is not None else None,
            "plan": order.plan,
            "dry_run": order.dry_run,
            "reason": wish.reason,
            "note": wish.note,
            "until": wish.until.isoformat() if wish.until else "",
            "assignee": wish.assignee,
        }
        answer = self._call("POST", "/api/decisions", body)
        decided = tuple((_known(row), str(row["said"])) for row in answer["decided"])
        return Done(decided, str(answer["plan"]), bool(answer["dry_run"]))

    def asked(self, person: str) -> list[str]:
        """Names of the tasks that whoever the token belongs to is asked for."""
        return [str(name) for name in self._call("GET", "/api/asked")]

    def escalated(self, person: str) -> list[Finding]:
        """Findings of others that are late, and one's own turn by now."""
        return [_known(row) for row in self._call("GET", "/api/escalated")]

    def late(self, where: Filter, *, mine: bool = False) -> dict[str, Any]:
        """What fits and is late, as ``auditor.lists`` has it; ``mine`` also what is my turn."""
        query = urlencode(_query(where) | ({"mine": "1"} if mine else {}))
        return dict(self._call("GET", f"/api/late?{query}"))

    def questions(self, *, mine: bool = False) -> list[dict[str, Any]]:
        """Questions to the owners of feeds, as ``auditor.lists`` has them; ``mine`` to myself."""
        return list(self._call("GET", f"/api/questions{'?mine=1' if mine else ''}"))

    def rules(self) -> dict[str, Any]:
        """How often each rule was right, as ``auditor.lists`` has it."""
        return dict(self._call("GET", "/api/rules"))

    def recheck(self, findings: Sequence[Finding], *, seconds: float) -> Rechecked | None:
        """Have the server look at the pages of ``findings`` now, and wait for what it sees.

        None where it is still at it after so many ``seconds``. Raises DecisionRefused, and Locked
        while a run is at work there.
        """
        ids = [finding.id for finding in findings]
        answer = self._call("POST", "/api/rechecks", {"ids": ids})
        until, pause = time.monotonic() + seconds, FIRST_PAUSE_SECONDS
        while not answer["done"]:
            if time.monotonic() > until:
                return None
            time.sleep(pause)
            pause = min(LONGEST_PAUSE_SECONDS, 1.5 * pause)
            answer = self._call("GET", f"/api/rechecks/{quote(str(answer['id']), safe='')}")
        if answer["locked"]:
            raise Locked(str(answer["error"]))
        if answer["error"]:
            raise ServerFailed(f"{self._where}: {answer['error']}")
        rows = answer["rechecked"]
        return Rechecked(
            tuple((_known(row), str(row["why"])) for row in rows),
            tuple(str(warning) for warning in answer["warnings"]),
        )

    def who(self) -> str:
        """Whose token it is."""
        return str(self._call("GET", "/api/me")["name"])

    def flag(self, flagged: Flagged) -> Finding:
        """Put a flag on the work list. Raises NotFound."""
        body = {
            "what": flagged.what,
            "note": flagged.note,
            "minutes": flagged.minutes,
            "about": str(flagged.attribute),
        }
        return _known(self._call("POST", "/api/flags", body))

    def around(self, finding: Finding) -> tuple[str, str]:
        """The words before and after the quote of a finding."""
        if finding.fingerprint not in self._around:
            self.named_rows(finding.id)
        return self._around.get(finding.fingerprint, ("", ""))

    def _call(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        sent = None
        if body is not None:
            sent = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        base = self._url.path.rstrip("/")
        try:
            self._connection.request(method, base + path, sent, headers)
            answer = self._connection.getresponse()
            raw = answer.read(MOST_ANSWER_BYTES)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            unsure = (
                " It may have been decided all the same: look before you try again."
                if body is not None
                else ""
            )
            raise ServerFailed(f"{self._where}: {error or type(error).__name__}.{unsure}") from None
        return self._read(answer.status, raw)

    def _read(self, status: int, raw: bytes) -> Any:
        try:
            data = json.loads(raw)
        except ValueError:
            raise ServerFailed(
                f"{self._where}: status {status} and no JSON; is server.url right?"
            ) from None
        if status == 200:
            return data
        said = str(data.get("error", "")) if isinstance(data, dict) else ""
        match status:
            case 404:
                raise NotFound(said or f"{self._where} knows no such thing")
            case 400 | 409:
                raise DecisionRefused(said)
            case 401 | 403:
                raise ServerFailed(f"{self._where}: {said}; check server.token")
            case _:
                raise ServerFailed(f"{self._where}: {said or f'status {status}'}")

    @property
    def _where(self) -> str:
        return f"{self._url.scheme}://{self._url.netloc}"


def _query(where: Filter) -> dict[str, Any]:
    given = asdict(where)
    given["states"] = ",".join(where.states)
    given["every_state"] = "true" if where.every_state else ""
    given["limit"] = where.limit or ""
    return {key: value for key, value in given.items() if value}


def _known(row: dict[str, Any]) -> Finding:
    try:
        return finding_of(row)
    except (KeyError, TypeError, ValueError) as error:
        raise AuditorError(
            f"the server's answer is none that this version understands ({error}); are both the "
            "same version of Sellby?"
        ) from error
