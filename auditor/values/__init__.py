"""auditor values."""
