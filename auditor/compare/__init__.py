"""auditor compare."""
