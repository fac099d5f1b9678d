"""What may go wrong when a message is sent."""

from __future__ import annotations

from auditor.errors import AuditorError


class NotSent(AuditorError):
    """A message was not taken; its text says why, without secrets."""
