"""``sellby check``: is everything in place?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from auditor.cli.exit_codes import ExitCode
from auditor.cli.output import Format, format_option, one_line, print_csv, print_json, print_table
from auditor.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auditor.feeds import FeedConfig
    from crawler.config import SourceConfig

# A larger database is not read whole just to be checked: some seconds of any disk.
_CHECKED_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was looked at: ``what`` source, feed or database; ``ok`` and a sentence.

    ``is_doubtful`` deserves a second look though it is allowed.
    """

    what: str
    name: str
    ok: bool
    message: str
    is_doubtful: bool = False


@click.command("check")
@click.option("--offline", is_flag=True, help="Do not reach the sources.")
@format_option
@click.pass_context
def command(ctx: click.Context, offline: bool, output: str) -> None:
    """Validate the configuration, reach every source and feed, say what would run."""
    session: Session = ctx.obj
    config = session.config
    found = [_database(session)]
    for name, source in config.sources.items():
        session.talk.detail(f"reaching {name}")
        found.append(_source(session, name, source, offline=offline))
    found += [_feed(session, name) for name in config.feeds]
    found += _catalogue(config.feeds)
    found += _owners(session)
    found += _notices(session, offline=offline)
    rows = [
        {"what": item.what, "name": item.name, "ok": item.ok, "message": item.message}
        for item in found
    ]
    if output == Format.JSON:
        print_json(rows)
    elif output == Format.CSV:
        print_csv(("what", "name", "ok", "message"), rows)
    else:
        _table(session, found)
        _close(session, found)
    ctx.exit(ExitCode.DONE if all(item.ok for item in found) else ExitCode.PARTIAL)


def _table(session: Session, found: list[Checked]) -> None:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for item in found:
        mark = Text("✓", style="bold green") if item.ok else Text("✗", style="bold red")
        if item.is_doubtful:
            mark = Text("!", style="bold yellow")
        grid.add_row(mark, item.what, one_line(item.name), one_line(item.message))
    print_table(grid, color=session.color)


def _close(session: Session, found: list[Checked]) -> None:
    from auditor.cli.words import count

    config, talk = session.config, session.talk
    bad = sum(not item.ok for item in found)
    if bad:
        talk.warn(f"{count(bad, 'thing')} to put right; `sellby run` would go on with the rest.")
    else:
        talk.good("Everything is in place.")
    talk.hint(
        f"`sellby run` would crawl {count(len(config.sources), 'source')}, read "
        f"{count(len(config.feeds), 'feed')}, and write {config.report.dir}."
    )


def _database(session: Session) -> Checked:
    from auditor.store import AuditStore
    from crawler.errors import CrawlerError
    from crawler.store.connection import first_damage

    path = session.database
    if not path.exists():
        ok = path.parent.is_dir()
        message = "will be made by the first run" if ok else f"its folder {path.parent} is missing"
        return Checked("database", path.name, ok, message)
    try:
        with AuditStore(path) as store:
            audit = store.audits.latest()
        is_small = path.stat().st_size <= _CHECKED_BYTES
        if is_small and (damage := first_damage(path)):
            message = f"is damaged ({damage[:100]}): restore a copy, or move it away to start anew"
            return Checked("database", path.name, False, message)
    except CrawlerError as error:
        return Checked("database", path.name, False, str(error))
    when = f"last audit as of {audit.as_of:%Y-%m-%d %H:%M} UTC" if audit else "no audit yet"
    return Checked("database", path.name, True, when)


def _catalogue(feeds: Mapping[str, FeedConfig]) -> list[Checked]:
    """Whether any feed lists the products, beside what is true of them."""
    from auditor.feeds import lists_products

    if not feeds or any(lists_products(feed) for feed in feeds.values()):
        return []
    message = (
        "no feed lists products: the keys of the truths stand for them, without names, groups, "
        "pages and owners; a feed with `records: products` may read the same file"
    )
    return [Checked("feeds", "products", True, message, is_doubtful=True)]


def _owners(session: Session) -> list[Checked]:
    """Owners that are a group with no person behind it."""
    from auditor.owners import groups_alone

    return [
        Checked(
            "owner",
            group,
            True,
            f"{where}: a group alone answers for nothing; name its person under `teams`",
            is_doubtful=True,
        )
        for where, group in groups_alone(session.config)
    ]


def _notices(session: Session, *, offline: bool) -> list[Checked]:
    """Whether the mail server lets us in; chats are not tried, since that would post."""
    from auditor.notify.smtp import Mailer
    from auditor.notify.trouble import NotSent

    notify = session.config.notify
    found = [
        Checked("notices", name, True, f"{hook.kind}: not tried, it would post")
        for name, hook in notify.webhooks.items()
        if hook.is_on
    ]
    if notify.smtp is None:
        return found
    name = f"{notify.smtp.host}:{notify.smtp.port}"
    if offline:
        return [*found, Checked("notices", name, True, "not reached (--offline)")]
    try:
        with Mailer(notify.smtp) as mailer:
            mailer.connect()
    except NotSent as error:
        return [*found, Checked("notices", name, False, str(error))]
    return [*found, Checked("notices", name, True, "the mail server lets us in")]


def _feed(session: Session, name: str) -> Checked:
    from auditor.errors import FeedError
    from auditor.feeds import fetched, read_exported
    from auditor.model import RejectedRow

    config = session.config
    feed = config.feeds[name]
    rows = rejected = 0
    first = file = ""
    try:
        with fetched(name, feed, config.base_dir) as exported:
            file = exported.path.name
            for record in read_exported(name, feed, exported):
                if isinstance(record, RejectedRow):
                    rejected += 1
                    first = first or f"{record.file}:{record.line}: {record.reason}"
                else:
                    rows += 1
    except FeedError as error:
        return Checked("feed", name, False, str(error))
    message = f"{file}: {rows:,} usable records"
    if rejected:
        message += f", {rejected:,} rows not usable, first {first}"
    return Checked("feed", name, bool(rows), message)


def _source(session: Session, name: str, source: SourceConfig, *, offline: bool) -> Checked:
    if source.kind == "folder":
        from auditor.cli.words import count
        from crawler.documents.kinds import PATTERNS

        wanted = (*source.include, *(PATTERNS if source.documents else ()))
        files = len({file for pattern in wanted for file in source.path.glob(pattern)})
        what = "pages and documents" if source.documents else "pages"
        unread = f"; {found}" if (found := _unread_documents(source)) else ""
        if not source.documents:
            beside = len({file for pattern in PATTERNS for file in source.path.glob(pattern)})
            unread = f"; {count(beside, 'document')} beside: `documents: true` reads them" * (
                beside > 0
            )
        return Checked("source", name, files > 0, f"{files:,} {what} in {source.path}{unread}")
    if source.kind == "warc":
        from crawler.warc.source import files_of

        number = len(files_of(source))
        return Checked("source", name, number > 0, f"{number:,} WARC files, {source.path}")
    address = source.start[0] if source.kind == "website" else source.url
    remarks = _remarks(session, source)
    if offline:
        return Checked("source", name, True, f"{address} (not reached){remarks}")
    from crawler.errors import CrawlerError
    from crawler.run import probe

    try:
        answer = probe(session.config.crawl, source)
    except CrawlerError as error:
        return Checked("source", name, False, f"{error}{remarks}")
    return Checked("source", name, True, f"{answer}{remarks}")


def _unread_documents(source: SourceConfig) -> str:
    """What has to be installed for the documents of a source, "" where nothing has."""
    from crawler.documents.kinds import EXTRA, Kind, reader_of

    missing = [str(kind) for kind in Kind if not reader_of(kind)]
    if source.kind == "kms" or not source.documents or not missing:
        return ""
    return f"{', '.join(missing)} cannot be read: pip install 'sellby[{EXTRA}]'"


def _remarks(session: Session, source: SourceConfig) -> str:
    """What deserves a second look though it is allowed."""
    remarks = [found] if (found := _unread_documents(source)) else []
    if source.kind == "website" and source.robots == "ignore":
        remarks.append("robots.txt is ignored")
    if source.kind in ("website", "kms") and not source.verify_tls:
        remarks.append("its certificate is not checked")
    if not source.language:
        remarks.append("no language: numbers like 1.299 stay unread")
    return f"; {', '.join(remarks)}" if remarks else ""
