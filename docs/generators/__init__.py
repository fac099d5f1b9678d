"""The parts of docs/ that can be derived from the code: one module a page."""
