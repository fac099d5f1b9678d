"""What a crawl's figures say about our own eyes; pure."""

from __future__ import annotations

from collections.abc import Mapping

from crawler.snapshot import Outcome
from crawler.summary import Problem

# Share of answers that were no content, of one kind, from which it is the site and not a page.
_WALL_SHARE = 0.5
# Fewer answers say nothing about a site.
_FEWEST_ANSWERS = 4

_WALLS = {
    Outcome.LOGIN_WALL: ("login_wall", "ask for a log-in"),
    Outcome.BLOCKED: ("blocked", "were blocked (bot check, 403 or 429)"),
    Outcome.SERVER_ERROR: ("server_error", "answered with a server error"),
    Outcome.TIMEOUT: ("timeout", "did not answer in time"),
    Outcome.SOFT_404: ("soft_404", "say that they do not exist"),
    Outcome.UNREADABLE: ("unreadable", "could not be read"),
}


def problems_of(
    counts: Mapping[str, int],
    *,
    complete: bool,
    before: int | None,
    left_out: int = 0,
    min_content_share: float,
) -> list[Problem]:
    """The problems that show in the counts of one crawl.

    ``counts`` are visits by outcome, ``before`` the content pages of the last complete run,
    ``left_out`` known pages that the configuration leaves out now.

    >>> problems_of({"login_wall": 30, "ok": 2}, complete=True, before=None,
    ...             min_content_share=0.5)[0].kind
    'login_wall'
    >>> problems_of({"ok": 9}, complete=True, before=10, min_content_share=0.5)
    []
    """
    pages = counts.get(Outcome.OK, 0) + counts.get(Outcome.UNCHANGED, 0)
    asked = sum(counts.values()) - counts.get(Outcome.REFUSED, 0) - counts.get(Outcome.GONE, 0)
    asked -= counts.get(Outcome.REDIRECTED, 0)
    problems = []
    for outcome, (kind, what) in _WALLS.items():
        met = counts.get(outcome, 0)
        if asked >= _FEWEST_ANSWERS and met > asked * _WALL_SHARE:
            problems.append(Problem(kind, f"{met} of {asked} pages {what}"))
    if pages == 0 and complete:
        problems.append(Problem("nothing_fetched", _nothing(counts)))
    elif complete and before and pages + left_out < before * min_content_share:
        problems.append(
            Problem(
                "content_dropped",
                f"{pages} pages with content, {before} in the run before: "
                "pages not seen are not judged",
            )
        )
    return problems


def _nothing(counts: Mapping[str, int]) -> str:
    if not counts:
        return "nothing was fetched: no start page could be asked for"
    met = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
    return f"no page with content was fetched ({met})"
