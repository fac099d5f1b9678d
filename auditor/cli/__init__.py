"""auditor cli."""
