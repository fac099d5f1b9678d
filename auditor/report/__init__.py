"""auditor report."""
