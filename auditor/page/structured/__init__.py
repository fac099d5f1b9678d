"""What the page tells machines: one reader a syntax; a broken piece loses only itself."""

from auditor.page.structured.read import Structured, read_structured

__all__ = ["Structured", "read_structured"]
