"""What a reader would see changed, and nothing else: decoding and the content digest."""

from __future__ import annotations

import hashlib


def decode(body: bytes, charset: str | None = None, media_type: str | None = None) -> str:
    """The text of a body."""
    return body.decode(charset or "utf-8", "replace")


def content_digest(body: bytes, media_type: str | None = None, charset: str | None = None) -> str:
    """Hex digest of what the page shows."""
    return hashlib.sha256(body).hexdigest()
