"""Is what the page says still true?

The auditor reads stored snapshots and the truths of the feeds, and says where they disagree:

    Snapshot ─page─▶ Page ─extract─▶ Candidate ─bind─▶ Claim ─┐
    feeds ─ingest─▶ Product, Truth (with history) ────────────┴─compare─▶ Judgement ─▶ Finding
                                                       people ─decide─▶ Decision ─────────┘

A newcomer's quarter of an hour: ``model`` (the nouns), ``audit`` (the main flow), one file of
``extract`` beside its cases under ``tests``, ``compare``, ``findings`` (the life of a finding),
``cli/confirm``. Importing this package imports nothing else and does nothing.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
