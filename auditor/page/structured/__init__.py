"""What the page says of itself to machines: one reader a syntax, one broken piece loses itself only."""

from auditor.page.structured.read import Structured, read_structured

__all__ = ["Structured", "read_structured"]
