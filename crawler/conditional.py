"""Asking only for what changed: validators of the last visit, sent back byte for byte.

An optimisation, never the judge: servers send ETags that change every time, and dates that lie.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.store import Validators


def conditional_headers(validators: Validators) -> dict[str, str]:
    """The headers that let the server answer 304; empty where it never gave a validator.

    Both are sent: where a server understands ETags it ignores the date (RFC 9110, 13.1.3). The
    date is echoed byte for byte, since nginx compares it as text (``if_modified_since exact``).
    """
    headers = {}
    if validators.etag and _sendable(validators.etag):
        headers["If-None-Match"] = validators.etag
    if validators.last_modified and _sendable(validators.last_modified):
        headers["If-Modified-Since"] = validators.last_modified
    return headers


def _sendable(value: str) -> bool:
    """Whether a value from the wire may go back onto it: printable ASCII of a sane length."""
    return len(value) < 1024 and value.isascii() and value.isprintable()


# Sent where a page must come from the site itself, as it is now.
NO_CACHE = {"Cache-Control": "no-cache", "Pragma": "no-cache"}
