"""auditor store."""
