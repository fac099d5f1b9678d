"""OAuth2 client credentials for any connector: a token is fetched, carried, and renewed.

The connector inside knows nothing of it. A request that is answered 401 waits for a new token
and is sent once more; a second 401 is the connector's to report.
Source: RFC 6749, 4.4 and 5; the secret goes in the body, which every vendor here accepts.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from crawler.kms.interface import Problem, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.config import SignIn
    from crawler.kms.interface import Connector, Event, Known, Response

TOKEN = "oauth2 token"
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_AGAIN = "after a new token"


def signed_in(connector: Connector, how: SignIn) -> Connector:
    """The connector with what ``sign_in`` says put into its requests."""
    if how.kind == "oauth2":
        return ClientCredentials(connector, how)
    return FixedHeader(connector, how)


class FixedHeader:
    """A connector whose requests carry one header: HTTP basic, or a token."""

    def __init__(self, connector: Connector, how: SignIn) -> None:
        self.name = connector.name
        self.capabilities = connector.capabilities
        self.throttle = connector.throttle
        self.start = connector.start
        self.parse = connector.parse
        self._inner = connector
        if how.kind == "basic":
            pair = f"{how.user}:{how.password.get_secret_value()}".encode()
            self._header = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        else:
            bare = how.header.lower() != "authorization"
            token = how.token.get_secret_value()
            self._header = {how.header: token if bare else f"Bearer {token}"}

    def authorise(self, request: Request) -> Request:
        """The request with the header put in."""
        inner = self._inner.authorise(request)
        return replace(inner, headers={**inner.headers, **self._header})


class ClientCredentials:
    """A connector whose requests carry an access token got for client credentials."""

    def __init__(self, connector: Connector, how: SignIn) -> None:
        self.name = connector.name
        self.capabilities = connector.capabilities
        self.throttle = connector.throttle
        self._inner = connector
        self._how = how
        self._token = ""
        self._begun: Known | None = None
        self._held: list[Request] = []
        self._asked = False

    def start(self, known: Known) -> Iterable[Event]:
        """Ask for a token first, unless there is one."""
        if self._token:
            yield from self._inner.start(known)
            return
        self._begun = known
        yield from self._ask()

    def parse(self, response: Response) -> Iterator[Event]:
        """Tokens are taken in here; all else is the connector's."""
        request = response.request
        if request.kind == TOKEN:
            yield from self._granted(response)
        elif response.status == 401 and not request.foreign and _AGAIN not in request.context:
            bare = {n: v for n, v in request.headers.items() if n.lower() != "authorization"}
            context = {**request.context, _AGAIN: "1"}
            self._held.append(replace(request, headers=bare, context=context, first=True))
            yield from self._ask()
        else:
            yield from self._inner.parse(response)

    def authorise(self, request: Request) -> Request:
        """The secret in the token's request, the token in all others."""
        how = self._how
        if request.kind == TOKEN:
            asked = {
                "grant_type": "client_credentials",
                "client_id": how.user,
                "client_secret": how.password.get_secret_value(),
                **({"scope": how.scope} if how.scope else {}),
            }
            return replace(request, body=urlencode(asked).encode())
        inner = self._inner.authorise(request)
        return replace(inner, headers={**inner.headers, "Authorization": f"Bearer {self._token}"})

    def _ask(self) -> Iterator[Event]:
        if not self._asked:
            self._asked = True
            yield Request(self._how.url, TOKEN, "POST", headers=_FORM, first=True)

    def _granted(self, response: Response) -> Iterator[Event]:
        self._asked = False
        answer = _object(response.body)
        token = answer.get("access_token")
        if response.status >= 400 or not isinstance(token, str) or not token:
            why = answer.get("error_description") or answer.get("error") or "no access_token in it"
            said = " ".join(str(why).split())[:200]
            message = f"{self._how.url}: no token for the client credentials: {said}"
            yield Problem("login", f"{message} (HTTP {response.status})", fatal=True)
            return
        self._token = token
        begun, self._begun = self._begun, None
        if begun is not None:
            yield from self._inner.start(begun)
        held, self._held = self._held, []
        yield from held


def _object(body: bytes) -> dict[str, object]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
