"""Signing in to a website before it is crawled: who we are, in headers and cookies.

Tokens and log-in forms are dealt with once, before the first page, with a plain HTTP client.
Cookies go only where a browser would send them; nothing of it is stored or logged.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urljoin
from urllib.request import Request as CookieRequest

from selectolax.lexbor import LexborHTMLParser

from crawler.content import decode
from crawler.errors import SourceError
from crawler.kms.interface import Request
from crawler.kms.transport import Transport, TransportError
from crawler.urls import normalise, origin

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from crawler.config import SignIn, WebsiteSource
    from crawler.kms.interface import Response

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What every request to the origins of a source carries; nothing for any other origin."""

    headers: dict[str, str] = field(default_factory=dict, repr=False)
    jar: CookieJar | None = field(default=None, repr=False)
    origins: tuple[str, ...] = ()

    def headers_for(self, url: str) -> dict[str, str]:
        """The headers for a request to ``url``, the Cookie header among them."""
        if origin(url) not in self.origins:
            return {}
        found = dict(self.headers)
        if self.jar is not None:
            asked = CookieRequest(url)
            self.jar.add_cookie_header(asked)
            if cookie := asked.get_header("Cookie"):
                found["Cookie"] = "; ".join(filter(None, (found.get("Cookie"), cookie)))
        return found


def sign_in(source: WebsiteSource, origins: tuple[str, ...], agent: str) -> Credentials:
    """Sign in as the source's configuration says. Raises SourceError where it is refused.

    ``origins`` are those of the source as they are fetched.
    """
    how = source.sign_in
    if how is None:
        return Credentials()
    match how.kind:
        case "basic":
            pair = f"{how.user}:{how.password.get_secret_value()}".encode()
            return Credentials(
                {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}, None, origins
            )
        case "bearer":
            return Credentials(_token(how, how.token.get_secret_value()), None, origins)
        case "cookie":
            given = (f"{name}={value.get_secret_value()}" for name, value in how.cookies.items())
            return Credentials({"Cookie": "; ".join(given)}, None, origins)
    transport = Transport(source.limits, agent, verify_tls=source.verify_tls)
    try:
        if how.kind == "oauth2":
            return Credentials(_token(how, _client_token(how, transport)), None, origins)
        _fill_form(how, transport)
        return Credentials({}, transport.cookies, origins)
    except TransportError as error:
        raise SourceError(f"signing in to {source.name}: {error}") from error
    finally:
        transport.close()


def _token(how: SignIn, token: str) -> dict[str, str]:
    bare = how.header.lower() != "authorization"
    return {how.header: token if bare else f"Bearer {token}"}


def _client_token(how: SignIn, transport: Transport) -> str:
    """An access token for client credentials (RFC 6749, 4.4), asked for with HTTP basic."""
    pair = f"{quote(how.user, '')}:{quote(how.password.get_secret_value(), '')}".encode()
    asked = {"grant_type": "client_credentials", **({"scope": how.scope} if how.scope else {})}
    basic = base64.b64encode(pair).decode()
    headers = {**_FORM, "Authorization": f"Basic {basic}", "Accept": "application/json"}
    answer = transport.send(
        Request(how.url, "token", "POST", headers=headers, body=urlencode(asked).encode())
    )
    try:
        data = json.loads(answer.body)
        token, kind = data["access_token"], str(data.get("token_type", "bearer"))
    except (ValueError, KeyError, TypeError):
        why = _oauth_error(answer)
        raise SourceError(
            f"{how.url} gave no token ({why}): check sign_in.user, password and scope"
        ) from None
    if kind.lower() != "bearer" or not isinstance(token, str):
        raise SourceError(f"{how.url} gave a token of the kind {kind}; only bearer is known")
    return token


def _oauth_error(answer: Response) -> str:
    try:
        said = json.loads(answer.body).get("error")
    except (ValueError, AttributeError):
        said = None
    return f"{answer.status} {said}" if isinstance(said, str) else f"status {answer.status}"


# --- forms ---------------------------------------------------------------------------------------


def _fill_form(how: SignIn, transport: Transport) -> None:
    """Send the log-in form as a browser would; the transport's cookies then hold the session."""
    page = transport.send(Request(how.url, "form"))
    if page.status >= 400:
        raise SourceError(f"the log-in page {how.url} answers {page.status}")
    tree = _tree(page)
    form = _log_in_form(tree)
    if form is None:
        raise SourceError(f"{how.url} shows no form with a password field; check sign_in.url")
    values = _prefilled(form)
    unknown = [name for name in how.fields if name not in _names(form)]
    if unknown:
        known = ", ".join(sorted(_names(form)))
        raise SourceError(
            f"the form at {how.url} has no field {', '.join(unknown)}; it has {known}"
        )
    values.update({name: value.get_secret_value() for name, value in how.fields.items()})
    action = urljoin(how.url, form.attributes.get("action") or "")
    if origin(normalise(action) or "") != origin(normalise(how.url) or how.url):
        raise SourceError(f"the form at {how.url} is sent to another host ({origin(action)})")
    body = urlencode(values).encode()
    answer = transport.send(Request(action, "form", "POST", headers=_FORM, body=body))
    _believed(how, answer)


def _believed(how: SignIn, answer: Response) -> None:
    """Raise SourceError unless the answer to a log-in shows that it was accepted."""
    text = decode(answer.body, None, answer.headers.get("content-type"))
    if answer.status >= 400:
        raise SourceError(f"{how.url} refuses the log-in (status {answer.status})")
    if how.signed_in and not re.search(how.signed_in, text):
        raise SourceError(
            f"after the log-in at {how.url} the page does not contain sign_in.signed_in "
            f"({how.signed_in!r}): wrong name or password?"
        )
    if not how.signed_in and _log_in_form(_tree(answer)) is not None:
        raise SourceError(f"{how.url} asks for the password again: wrong name or password?")


def _tree(answer: Response) -> LexborHTMLParser:
    return LexborHTMLParser(decode(answer.body, None, answer.headers.get("content-type")))


def _log_in_form(tree: LexborHTMLParser) -> LexborNode | None:
    return next((f for f in tree.css("form") if f.css_first("input[type=password i]")), None)


def _names(form: LexborNode) -> set[str]:
    return {name for node in form.css("input, select, textarea") if (name := _name(node))}


def _name(node: LexborNode) -> str:
    return node.attributes.get("name") or ""


def _prefilled(form: LexborNode) -> dict[str, str]:
    """What a browser sends without anybody typing: hidden fields, ticked boxes, one button."""
    found: dict[str, str] = {}
    for node in form.css("input"):
        kind = (node.attributes.get("type") or "text").lower()
        if kind in ("checkbox", "radio") and "checked" not in node.attributes:
            continue
        if _name(node) and kind not in ("submit", "image", "button", "reset", "file"):
            found[_name(node)] = node.attributes.get("value") or ""
    button = form.css_first("button[name], input[type=submit i][name]")
    if button is not None:
        found.setdefault(_name(button), button.attributes.get("value") or "")
    return found
