"""What a crawl's process and its caller say to each other, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from crawler.summary import CrawlSummary, Problem


def summary_to_json(summary: CrawlSummary) -> dict[str, Any]:
    """A summary as JSON can hold it."""
    return {
        "source": summary.source,
        "started_at": summary.started_at.isoformat(),
        "finished_at": summary.finished_at.isoformat(),
        "counts": dict(summary.counts),
        "bytes_received": summary.bytes_received,
        "complete": summary.complete,
        "problems": [[problem.kind, problem.message] for problem in summary.problems],
        "notes": list(summary.notes),
    }


def summary_from_json(given: dict[str, Any]) -> CrawlSummary:
    """The summary that ``summary_to_json`` wrote down."""
    return CrawlSummary(
        source=given["source"],
        started_at=datetime.fromisoformat(given["started_at"]),
        finished_at=datetime.fromisoformat(given["finished_at"]),
        counts=given["counts"],
        bytes_received=given["bytes_received"],
        complete=given["complete"],
        problems=tuple(Problem(kind, message) for kind, message in given["problems"]),
        notes=tuple(given["notes"]),
    )
