"""What the six deciding commands share: whom they concern, who decides, what is said after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from auditor.cli.output import one_line, print_json
from auditor.errors import AuditorError, DecisionRefused, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from auditor.cli.session import Session
    from auditor.decide import Decided, Wish
    from auditor.model import DecisionKind, Finding
    from auditor.store import AuditStore


def decision_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument and the options that every deciding command has."""
    for option in (
        click.option("--recheck", is_flag=True, help="Then fetch just that page and judge it now."),
        click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing."),
        click.option("--as", "who", metavar="WHO", help="Who decides; else identity.as or login."),
        click.option("--note", default="", help="A sentence for those who read it later."),
        click.option(
            "--format",
            "output",
            type=click.Choice(["table", "json"]),
            default="table",
            help="How to print the outcome.",
        ),
        click.argument("findings", metavar="FINDING|TASK...", nargs=-1, required=True),
    ):
        command = option(command)
    return command


def run_decision(
    session: Session,
    options: dict[str, Any],
    make_wish: Callable[[str, datetime], Wish],
) -> None:
    """Decide on every finding named, all or none; then look again where that was asked for.

    Raises NotFound and DecisionRefused with every finding that stands in the way, before
    anything is changed.
    """
    now = session.now()
    wish = make_wish(session.who(options["who"]), now)
    with session.audit_store() as store:
        if options["dry_run"]:
            decided = _decide_all(store, options["findings"], wish, now)
        else:
            # One transaction: a night that runs meanwhile sees all of it, or nothing.
            with store.writing():
                decided = _decide_all(store, options["findings"], wish, now)
                for one in decided:
                    store.findings.record(one.decision, one.finding, one.change)
    after = [one.finding for one in decided]
    _report(session, decided, options)
    if options["recheck"] and not options["dry_run"]:
        from auditor.cli.recheck import recheck

        after = recheck(session, after)
    if options["output"] == "json":
        _print_json(after)


def _decide_all(store: AuditStore, ids: Sequence[str], wish: Wish, now: datetime) -> list[Decided]:
    from auditor.decide import decide

    decided: dict[str, Decided] = {}
    refused: list[AuditorError] = []
    for prefix in ids:
        try:
            for finding in _meant(store.findings.named(prefix), wish.kind):
                decided[finding.fingerprint] = decide(finding, wish, now)
        except (NotFound, DecisionRefused) as error:
            refused.append(error)
    if refused:
        text = "\n".join(str(error) for error in refused)
        if len(ids) > len(refused):
            text += "\nNothing was changed, the other findings neither."
        raise DecisionRefused(text)
    return list(decided.values())


def _meant(found: list[Finding], kind: DecisionKind) -> list[Finding]:
    """Of a task the findings that can be decided on; one finding, or all where none can, as is."""
    from auditor.decide import is_open_to

    return [finding for finding in found if is_open_to(finding, kind)] or found


def _report(session: Session, decided: list[Decided], options: dict[str, Any]) -> None:
    from auditor.cli.words import STATES, fact

    talk = session.talk
    for one in decided:
        what = f"{one.finding.id} {fact(one.finding.judgement)}"
        said = one.change.why if one.change else f"now with {one_line(one.finding.owner)}"
        if options["dry_run"]:
            talk.line(f"would become {STATES[one.finding.state]}: {what} ({said})")
        else:
            talk.good(f"{what}: {said}")
    if options["dry_run"]:
        talk.hint("Dry run: nothing was changed.")


def _print_json(findings: list[Finding]) -> None:
    from auditor.cli.words import record

    print_json([record(finding) for finding in findings])
