"""The auditor's errors.

AuditorError
├── ConfigError      config.yaml has mistakes; carries all of them
├── FeedError        a feed cannot be read at all (single bad rows are RejectedRow values)
├── DecisionRefused  that decision is not allowed in that state
├── ServerFailed     the server that decisions are made on gives no usable answer
├── NotFound         no such finding, source or feed; carries close names
└── Locked           another run holds the lock
"""

from __future__ import annotations


class AuditorError(Exception):
    """Base of every error the auditor raises on purpose; its text is for people."""


class ConfigError(AuditorError):
    """``config.yaml`` has mistakes; ``mistakes`` are lines "config.yaml:12: feeds.erp.path: …"."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class FeedError(AuditorError):
    """A feed cannot be read at all."""


class DecisionRefused(AuditorError):
    """That decision is not allowed in that state."""


class ServerFailed(AuditorError):
    """The server that decisions are made on gives no usable answer."""


class NotFound(AuditorError):
    """No such finding, source or feed."""


class Locked(AuditorError):
    """Another run holds the lock."""
