"""Whose fact is it? The steps that bind a statement to a product, nearest scope first."""

from auditor.binding.ground import OTHER_REGIONS, Ground, Subject
from auditor.binding.scene import Scene

__all__ = ["OTHER_REGIONS", "Ground", "Scene", "Subject"]
