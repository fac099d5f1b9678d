"""auditor page."""
