"""What a request without an answer came to."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

from crawler.resolver import RefusedAddress
from crawler.snapshot import Outcome

_LONGEST_REASON = 300


def outcome_of(error: BaseException) -> tuple[Outcome, str, bool]:
    """The outcome, one sentence, and whether asking again may help.

    There is no outcome "unreachable": a refused connection or a failed handshake is the server's
    error, since the page may be fine.
    """
    if isinstance(error, DownloadTimeoutError) or _is_browsers(error, "TimeoutError"):
        return Outcome.TIMEOUT, "no answer in time", True
    if isinstance(error, DownloadCancelledError):
        return Outcome.TOO_LARGE, "larger than limits.max_body_bytes", False
    if isinstance(error, ResponseDataLossError):
        return Outcome.UNREADABLE, "the body ends early", True
    if isinstance(error, CannotResolveHostError):
        if isinstance(error.__cause__, RefusedAddress):
            return Outcome.REFUSED, str(error.__cause__.args[0])[:_LONGEST_REASON], False
        return Outcome.SERVER_ERROR, "the host name cannot be resolved", True
    if isinstance(error, DownloadConnectionRefusedError):
        return Outcome.SERVER_ERROR, "the connection was refused", True
    reason = _reason(error)
    if "certificate" in reason.lower():
        return Outcome.SERVER_ERROR, f"the TLS certificate was not accepted: {reason}", False
    return Outcome.SERVER_ERROR, f"the connection failed: {reason}", True


def _is_browsers(error: BaseException, name: str) -> bool:
    """Whether Playwright raised it; it may not be installed."""
    kind = type(error)
    return kind.__name__ == name and kind.__module__.startswith("playwright")


def _reason(error: BaseException) -> str:
    """The innermost reason; Twisted wraps it in lists of failures."""
    cause = error.__cause__ or error
    reasons = getattr(cause, "reasons", None)
    if reasons:
        cause = reasons[0].value
    text = " ".join(str(cause).split()) or type(cause).__name__
    return text[:_LONGEST_REASON]
