"""auditor feeds."""
