"""auditor extract."""
