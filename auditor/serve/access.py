"""Who asks, and may they? Tokens, sessions, forged requests, and how often.

A token is 256 random bits, so its SHA-256 is all that is kept of it. A browser trades it for a
signed cookie; the key of the signature lives as long as the process, so a restart signs everybody
out. Every form carries a word made of session and key, which no other site can know.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.desk import Asker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auditor.config import Config

COOKIE = "sellby"

LONGEST_REMEMBERED = 10_000
"""Callers whose rate is remembered; beyond that the longest quiet are forgotten."""


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What is kept of a token.

    >>> token_digest("x")[:8]
    '2d711642'
    """
    return hashlib.sha256(token.encode()).hexdigest()


def askers(config: Config) -> dict[str, Asker]:
    """The people who may come in, by the digest of their token.

    An owner also decides on what belongs to those whose deputy they are.
    """
    found = {}
    for name, person in config.people.items():
        digest = person.token_sha256
        if person.token is not None and person.token.get_secret_value():
            digest = token_digest(person.token.get_secret_value())
        if digest:
            others = [n for n, other in config.people.items() if other.deputy == name]
            others += [
                config.teams.get(rule.owner, rule.owner)
                for rule in config.owners
                if rule.deputy == name
            ]
            found[digest] = Asker(name, person.role, tuple(dict.fromkeys(others)))
    return found


@dataclass(frozen=True, slots=True)
class Sessions:
    """Signed cookies; ``hours`` is how long one holds."""

    by_digest: Mapping[str, Asker]
    hours: float
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def by_token(self, token: str) -> Asker | None:
        """Whose token that is; None: nobody's."""
        return self.by_digest.get(token_digest(token)) if token else None

    def cookie(self, token: str, now: float) -> str:
        """The cookie for the owner of a token, from ``now`` (seconds since 1970) on."""
        content = f"{token_digest(token)}.{int(now + self.hours * 3600)}"
        return f"{content}.{self._sign('session', content)}"

    def by_cookie(self, cookie: str, now: float) -> Asker | None:
        """Whose cookie that is; None where it is forged, over, or of somebody who left."""
        content, _, signature = cookie.rpartition(".")
        if not content or not hmac.compare_digest(self._sign("session", content), signature):
            return None
        digest, _, ends = content.partition(".")
        return self.by_digest.get(digest) if now < int(ends) else None

    def form_word(self, cookie: str) -> str:
        """The word that the forms of a session carry."""
        return self._sign("form", cookie)

    def is_own_form(self, cookie: str, word: str) -> bool:
        """Whether a form came from a page of this session."""
        return bool(cookie) and hmac.compare_digest(self.form_word(cookie), word)

    def _sign(self, purpose: str, content: str) -> str:
        made = hmac.new(self.key, f"{purpose}\n{content}".encode("utf-8", "replace"), "sha256")
        return base64.urlsafe_b64encode(made.digest()).decode().rstrip("=")


@dataclass(slots=True)
class Rate:
    """So many requests at once, then ``per_second`` in the long run, for each caller.

    >>> rate = Rate(1.0, 2)
    >>> [rate.allows("me", now) for now in (0.0, 0.0, 0.0, 1.0)]
    [True, True, False, True]
    """

    per_second: float
    burst: int
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def allows(self, caller: str, now: float) -> bool:
        """Whether ``caller`` may make one more request at ``now`` (seconds of any clock)."""
        left, since = self._left.pop(caller, (float(self.burst), now))
        left = min(float(self.burst), left + (now - since) * self.per_second)
        allowed = left >= 1
        self._left[caller] = (left - 1 if allowed else left, now)
        while len(self._left) > LONGEST_REMEMBERED:
            del self._left[next(iter(self._left))]
        return allowed


def bearer(header: str) -> str:
    """The token of an Authorization header, "" where there is none.

    >>> bearer("Bearer abc"), bearer("Basic YTpi"), bearer("")
    ('abc', '', '')
    """
    kind, _, token = header.partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def is_cross_site(headers: Mapping[str, str], host: str) -> bool:
    """Whether a browser says that a request was made by another site."""
    fetched = headers.get("sec-fetch-site", "")
    if fetched:
        return fetched not in ("same-origin", "none")
    sender = headers.get("origin", "")
    return sender not in ("", "null") and sender.split("://")[-1] != host
