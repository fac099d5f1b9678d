"""``sellby notify``: tell people what is new, each thing once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from auditor.cli.exit_codes import ExitCode
from auditor.cli.output import Format, format_option, instant, print_csv, print_json
from auditor.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.notify import Delivery
    from auditor.store.notices import Notice

COLUMNS = (
    "id",
    "channel",
    "recipient",
    "kind",
    "subject",
    "state",
    "made_at",
    "sent_at",
    "problem",
)
LATEST = 50


@click.command("notify")
@click.option("--dry-run", is_flag=True, help="Show the messages; queue and send nothing.")
@click.option("--again", is_flag=True, help="Send what a stopped run left uncertain once more.")
@click.option("--list", "listing", is_flag=True, help="List the latest messages; send nothing.")
@format_option
@click.pass_context
def command(ctx: click.Context, dry_run: bool, again: bool, listing: bool, output: str) -> None:
    """Send digests, advance notices and incidents by mail and chat; `sellby run` does it, too.

    Everybody hears of what is new, worsened, due, fixed or coming and concerns them, once, however
    often this runs. Without `notify:` in the configuration nothing is sent.
    """
    session: Session = ctx.obj
    if listing:
        with session.audit_store() as store:
            _print(store.notices.latest(LATEST), output)
        return
    if not session.notify_config.notify.is_on:
        session.talk.warn("nobody is told: give `notify.smtp` or `notify.webhooks`")
        return
    if dry_run:
        _preview(session, output)
        return
    with session.writing("sellby notify"):
        done = tell(session, again=again)
    _print(done.sent, output)
    ctx.exit(ExitCode.PARTIAL if done.waiting else ExitCode.DONE)


def tell(session: Session, *, again: bool = False) -> Delivery:
    """Queue what is new to anybody and send all that waits; say what came of it."""
    from auditor.notify import deliver, queue

    config, talk = session.notify_config, session.talk
    talk.title("Notices")
    with session.stores() as (snapshots, store):
        if again:
            store.notices.again()
        queued = queue(config, snapshots, store, session.now())
        done = deliver(config, store, session.now)
    _say(session, done, queued.unreachable)
    return done


def _say(session: Session, done: Delivery, unreachable: Sequence[str]) -> None:
    from auditor.cli.output import one_line
    from auditor.cli.words import count

    talk = session.talk
    if done.sent:
        mails = sum(notice.channel == "mail" for notice in done.sent)
        parts = [count(mails, "mail")] if mails else []
        posts = len(done.sent) - mails
        parts += [count(posts, "message to chats", "messages to chats")] if posts else []
        talk.good(f"{' and '.join(parts)} sent")
    elif not done.waiting:
        talk.good("nothing that anybody has not been told")
    for notice, problem in done.waiting[:3]:
        talk.bad(f"to {one_line(notice.recipient)}: {one_line(problem)}")
    if len(done.waiting) > len(done.waiting[:3]):
        talk.bad(f"… and {len(done.waiting) - 3:,} more wait")
    if done.unknown:
        talk.warn(
            f"a run was stopped while it sent {count(len(done.unknown), 'message')}: nobody knows "
            "whether they arrived; `sellby notify --again` sends them once more"
        )
    if unreachable:
        names = ", ".join(one_line(owner, 40) for owner in unreachable[:5])
        talk.warn(f"no mail address for {names}; say it under `notify.addresses`")


def _preview(session: Session, output: str) -> None:
    from auditor.notify import queue

    with session.stores() as (snapshots, store):
        queued = queue(session.notify_config, snapshots, store, session.now(), dry_run=True)
    if output != Format.TABLE:
        _print(queued.notices, output)
        return
    for notice in queued.notices:
        click.echo(f"--- {notice.channel} to {notice.recipient}: {notice.subject}\n")
        click.echo(notice.body)
    if not queued.notices:
        session.talk.good("nothing that anybody has not been told")


def _print(notices: Sequence[Notice], output: str) -> None:
    rows = [
        {
            "id": notice.id,
            "channel": notice.channel,
            "recipient": notice.recipient,
            "kind": notice.kind,
            "subject": notice.subject,
            "state": str(notice.state),
            "made_at": instant(notice.made_at),
            "sent_at": instant(notice.sent_at),
            "problem": notice.problem,
        }
        for notice in notices
    ]
    if output == Format.JSON:
        print_json(rows)
    elif output == Format.CSV:
        print_csv(COLUMNS, rows)
    elif rows:
        from auditor.cli.output import print_table
        from auditor.cli.tables import table

        made = table("When", "To", "What", "State")
        for row in rows:
            made.add_row(str(row["made_at"])[:16], str(row["recipient"]), str(row["subject"]),
                         str(row["state"]))  # fmt: skip
        print_table(made)
