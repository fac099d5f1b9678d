"""Who is told what: each thing once, a few lines, and nothing that a page says can do harm."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from auditor.config import Config
from auditor.findings import StateChange
from auditor.model import (
    Attribute,
    Diagnosis,
    Finding,
    Incident,
    Judgement,
    State,
    Verdict,
)
from auditor.notify import deliver, queue
from auditor.notify.digest import digest
from auditor.notify.events import Due, Kind, events, untold
from auditor.notify.render import Renderer, slack, teams
from auditor.notify.smtp import mail_of
from auditor.notify.trouble import NotSent
from auditor.store import AuditStore
from auditor.store.notices import Notice, NoticeState
from crawler.store import SnapshotStore

NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)
INES, TOM = "ines@acme.example", "tom@acme.example"


class Inbox:
    """A real mail server on loopback, and what it received."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.refuse: set[str] = set()
        self.stop_after = 0

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refuse:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append((envelope.rcpt_tos[0], mail))
        return "250 Message accepted"


class Server(Controller):
    """A mail server on a port that the system chose."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    box = Inbox()
    controller = Server(box, hostname="127.0.0.1", port=0)
    controller.start()
    yield box, controller.port
    controller.stop()


class Hooks:
    """A webhook on loopback: what was posted, and what it answers."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        hooks = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hooks.posts.append((dict(self.headers), body))
                self.send_response(hooks.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/services/T0/SECRET"

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    made = Hooks()
    yield made
    made.close()


class Office:
    """A database and who is told of it."""

    def __init__(self, directory: Path, **notify: object) -> None:
        self.path = directory / "sellby.db"
        self.config = Config.model_validate({"company": "Acme", "notify": notify})
        self.snapshots, self.store = SnapshotStore(self.path), AuditStore(self.path)

    def close(self) -> None:
        self.snapshots.close()
        self.store.close()

    def save(self, *findings: Finding, step: str = "") -> None:
        for finding in findings:
            at = finding.closed_at or finding.last_seen
            change = StateChange(finding.fingerprint, at, "", finding.state, step or "seen")
            self.store.findings.save([finding], [change])

    def night(self, day: int = 0) -> list[Notice]:
        """Queue and send; the messages that were sent."""
        now = NOW + timedelta(days=day)
        queue(self.config, self.snapshots, self.store, now)
        return list(deliver(self.config, self.store, lambda: now).sent)


def finding(key: str, owner: str = INES, **more: Any) -> Finding:
    j = Judgement(
        "web", f"https://shop.example/{key}", f"SKU-{key}", Attribute.PRICE, "", "list",
        Verdict.MISMATCH, Diagnosis.OUTDATED, claimed="12.40 EUR", expected="13.10 EUR",
        note="It is an old price.",
    )  # fmt: skip
    made = Finding(
        key, key.ljust(64, "0"), j, State.OPEN, NOW, NOW, owner=owner, priority=50.0,
    )  # fmt: skip
    own = {name: value for name, value in more.items() if name in Finding.__slots__}
    rest = {name: value for name, value in more.items() if name not in own}
    return replace(made, judgement=replace(j, **rest), **own)


@pytest.fixture
def office(tmp_path: Path, inbox: tuple[Inbox, int]) -> Iterator[Office]:
    smtp = {"host": "127.0.0.1", "port": inbox[1], "security": "none", "sender": "s@acme.example"}
    made = Office(
        tmp_path, smtp=smtp, lead=["lead@acme.example"], report_url="https://reports.example/"
    )
    yield made
    made.close()


def test_nothing_to_tell_sends_nothing(office: Office, inbox: tuple[Inbox, int]) -> None:
    assert office.night() == []
    assert inbox[0].mails == []


def test_each_owner_gets_their_own_and_the_lead_all(
    office: Office, inbox: tuple[Inbox, int]
) -> None:
    office.save(finding("a1"), finding("b1", TOM))
    office.night()
    mails = dict(inbox[0].mails)
    assert set(mails) == {INES, TOM, "lead@acme.example"}
    text = mails[INES].get_content()
    assert "- SKU-a1 price: says 12.40 EUR, true is 13.10 EUR [a1] https://shop" in text
    assert "https://reports.example/" in text
    assert "SKU-b1" not in text
    assert mails[INES]["Subject"] == "Acme: 1 new"
    assert mails[INES]["Auto-Submitted"] == "auto-generated"
    lead = mails["lead@acme.example"].get_content()
    assert "By owner: ines@acme.example 1, tom@acme.example 1" in lead


def test_a_run_that_is_repeated_tells_nothing_twice(
    office: Office, inbox: tuple[Inbox, int]
) -> None:
    office.save(finding("a1"))
    office.night()
    office.night(1)
    assert len(inbox[0].mails) == 2
    office.save(finding("a1"), finding("a2"))
    office.night(2)
    assert "SKU-a1" not in inbox[0].mails[-1][1].get_content()


def test_worse_and_fixed_are_news(office: Office, inbox: tuple[Inbox, int]) -> None:
    office.save(finding("a1"), finding("a2"))
    office.night()
    later = NOW + timedelta(hours=20)
    office.save(
        finding("a1", expected="14.00 EUR"),
        finding("a2", state=State.VERIFIED, closed_at=later, last_seen=later),
        step="the page says 13.10 EUR",
    )
    office.night(1)
    text = dict(inbox[0].mails)[INES].get_content()
    assert "Worsened or come back (1)" in text
    assert "now 14.00 EUR" in text
    assert "Seen fixed (1)" in text
    assert "the page says 13.10 EUR" in text
    office.night(2)
    assert len(inbox[0].mails) == 4


def test_at_most_ten_lines_and_every_kind_gets_one() -> None:
    many = [finding(f"n{n:02}x") for n in range(30)]
    fixed = finding("zz", state=State.VERIFIED)
    back = finding("yy", state=State.REOPENED)
    news = untold(events([*many, fixed, back], {}, {}, [], NOW), set())
    found = digest("ines", news, 10, lambda at: f"{at:%Y-%m-%d}")
    assert [(s.kind, s.total, len(s.items)) for s in found.sections] == [
        ("worsened", 1, 1), ("new", 30, 8), ("fixed", 1, 1),
    ]  # fmt: skip
    assert found.more == 22


def test_what_one_fix_settles_is_one_line() -> None:
    same = [finding(f"t{n}", task="price list of May not published") for n in range(12)]
    news = untold(events([*same, finding("u1")], {}, {}, [], NOW), set())
    found = digest("ines", news, 10, lambda at: f"{at:%Y-%m-%d}")
    assert [(item.also, item.id[0]) for item in found.items] == [(11, "t"), (0, "u")]
    assert (found.sections[0].total, found.more) == (13, 0)
    text = Renderer("Acme", "").digest(found).text
    assert "and 11 more of the same task [t0] https://shop.example/t0" in text
    assert len([line for line in text.splitlines() if line.startswith("- ")]) == 2


def test_what_is_due_comes_first() -> None:
    known = events([finding("a")], {}, {}, [], NOW)[0]
    due = {known.finding.fingerprint: [Due(NOW, "is to be fixed by today")]}
    found = events([finding("b"), finding("a")], {}, due, [], NOW)
    assert [event.kind for event in untold(found, known.keys)] == [Kind.DUE, Kind.NEW]
    assert [event.kind for event in untold(found, ())] == [Kind.NEW, Kind.NEW]


def test_an_owner_without_an_address_is_named_and_others_get_theirs(
    office: Office, inbox: tuple[Inbox, int]
) -> None:
    office.save(finding("a1", "Team Fasteners"), finding("a2", "x@y.example\r\nBcc: z@y.example"))
    queued = queue(office.config, office.snapshots, office.store, NOW)
    assert queued.unreachable == ("Team Fasteners", "x@y.example\r\nBcc: z@y.example")
    deliver(office.config, office.store, lambda: NOW)
    assert [recipient for recipient, _ in inbox[0].mails] == ["lead@acme.example"]
    assert inbox[0].mails[0][1]["Bcc"] is None


def test_a_recipient_that_is_refused_waits_and_the_others_are_served(
    office: Office, inbox: tuple[Inbox, int]
) -> None:
    inbox[0].refuse = {INES}
    office.save(finding("a1"), finding("b1", TOM))
    assert {n.recipient for n in office.night()} == {TOM, "lead@acme.example"}
    (incident,) = office.store.audits.open_incidents()
    assert (incident.kind, incident.subject) == ("notice_not_sent", "mail")
    assert "550 no such user" in incident.message
    inbox[0].refuse = set()
    assert INES in [n.recipient for n in office.night(1)]
    assert office.store.audits.open_incidents() == []


def test_a_run_killed_between_two_mails_sends_each_once(
    office: Office, inbox: tuple[Inbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.save(finding("a1"), finding("b1", TOM))
    queue(office.config, office.snapshots, office.store, NOW)
    real = office.store.notices.sent

    def killed(notice: Notice, at: datetime) -> None:
        real(notice, at)
        raise KeyboardInterrupt

    monkeypatch.setattr(office.store.notices, "sent", killed)
    with pytest.raises(KeyboardInterrupt):
        deliver(office.config, office.store, lambda: NOW)
    monkeypatch.undo()
    office.night()
    assert sorted(recipient for recipient, _ in inbox[0].mails) == sorted(
        [INES, TOM, "lead@acme.example"]
    )


def test_a_run_killed_while_it_sends_leaves_a_message_of_which_nobody_knows(
    office: Office, inbox: tuple[Inbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.save(finding("a1"))
    queue(office.config, office.snapshots, office.store, NOW)

    def killed(_notice: Notice, _at: datetime) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(office.store.notices, "sent", killed)
    with pytest.raises(KeyboardInterrupt):
        deliver(office.config, office.store, lambda: NOW)
    monkeypatch.undo()
    done = deliver(office.config, office.store, lambda: NOW)
    assert [n.state for n in done.unknown] == [NoticeState.UNKNOWN]
    assert len(inbox[0].mails) == 2
    first = inbox[0].mails[0][1]["Message-ID"]
    office.store.notices.again()
    deliver(office.config, office.store, lambda: NOW)
    assert inbox[0].mails[2][1]["Message-ID"] == first


def test_an_incident_is_told_once_and_when_it_clears(
    office: Office, inbox: tuple[Inbox, int]
) -> None:
    incident = Incident("login_wall", "shop", "30 pages asked for a login.")
    office.store.audits.set_incidents(["login_wall"], [incident], NOW)
    office.night()
    office.night(1)
    office.store.audits.set_incidents(["login_wall"], [], NOW + timedelta(days=2))
    office.night(2)
    office.night(3)
    subjects = [mail["Subject"] for _to, mail in inbox[0].mails]
    assert subjects == ["Acme: login wall, shop", "Acme: over: login wall, shop"]
    assert "30 pages asked for a login." in inbox[0].mails[0][1].get_content()


def test_an_incident_that_nobody_heard_of_is_not_said_to_be_over(
    office: Office, inbox: tuple[Inbox, int]
) -> None:
    office.store.audits.set_incidents(["blocked"], [Incident("blocked", "shop", "x")], NOW)
    office.store.audits.set_incidents(["blocked"], [], NOW)
    office.night()
    assert inbox[0].mails == []


HOSTILE = (
    "\r\nBcc: victim@x.example\r\n\r\n<!channel> <http://evil.example|click> [x](javascript:1) "
    "{{DATE(1)}} \x1b[2J *b* @here"
)


def test_hostile_text_adds_no_header_to_a_mail(office: Office, inbox: tuple[Inbox, int]) -> None:
    office.config = office.config.model_copy(update={"company": "Acme\r\nBcc: v@x.example"})
    office.save(finding("a1", claimed=HOSTILE, note=HOSTILE, sku=HOSTILE))
    office.night()
    mail = dict(inbox[0].mails)[INES]
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    assert "\x1b" not in mail.get_content()
    assert "\nBcc:" not in mail.get_content()


def test_hostile_text_calls_nobody_and_links_nowhere_in_chats() -> None:
    news = untold(events([finding("a1", claimed=HOSTILE, sku=HOSTILE)], {}, {}, [], NOW), set())
    message = Renderer("Acme <!here>", "https://r.example").digest(
        digest("x", news, 10, lambda _at: "")
    )
    posted = json.loads(slack(message))
    texts = [block["text"] for block in posted["blocks"] if "text" in block]
    assert {text["type"] for text in texts} == {"plain_text"}
    assert "<!here>" not in posted["text"]
    card = json.loads(teams(message))["attachments"][0]["content"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert "{{" not in json.dumps(card["body"])
    assert card["actions"][0]["url"] == "https://r.example/"


def test_webhooks_get_the_leads_digest_and_incidents_once(tmp_path: Path, hooks: Hooks) -> None:
    office = Office(
        tmp_path,
        webhooks={
            "ops": {"kind": "slack", "url": hooks.url},
            "bi": {"kind": "generic", "url": hooks.url, "secret": "s3cret"},
            "tom": {"kind": "teams", "url": hooks.url, "owner": TOM},
        },
    )
    office.save(finding("a1"), finding("b1", TOM))
    office.night()
    office.night(1)
    bodies = [json.loads(body) for _headers, body in hooks.posts]
    assert len(bodies) == 3
    generic, ops, tom = bodies
    assert [item["id"] for item in generic["items"]] == ["a1", "b1"]
    assert generic["kind"] == "lead"
    assert ops["blocks"][0]["text"]["text"] == "Acme: 2 new"
    assert "SKU-a1" not in json.dumps(tom)
    headers, body = hooks.posts[0]
    signed = hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    assert headers["X-Sellby-Signature"] == f"sha256={signed}"
    office.close()


def test_a_webhook_that_fails_is_an_incident_without_its_address(
    tmp_path: Path, hooks: Hooks
) -> None:
    office = Office(tmp_path, webhooks={"ops": {"kind": "slack", "url": hooks.url}})
    office.save(finding("a1"))
    hooks.status = 404
    assert office.night() == []
    (incident,) = office.store.audits.open_incidents()
    assert incident.subject == "ops"
    assert "127.0.0.1 answers 404: the webhook was withdrawn" in incident.message
    office.store.database.execute("pragma wal_checkpoint(truncate)")
    assert b"SECRET" not in (tmp_path / "sellby.db").read_bytes()
    hooks.status = 200
    assert len(office.night(1)) >= 1
    office.close()


def test_a_server_that_is_not_there_loses_nothing(tmp_path: Path) -> None:
    smtp = {"host": "127.0.0.1", "port": 9, "security": "none", "sender": "s@acme.example"}
    office = Office(tmp_path, smtp=smtp)
    office.save(*(finding(f"a{n}", f"o{n}@acme.example") for n in range(6)))
    assert office.night() == []
    assert len(office.store.notices.waiting()) == 6
    assert max(n.attempts for n in office.store.notices.waiting()) == 1
    assert sum(n.attempts for n in office.store.notices.waiting()) == 3
    office.close()


def test_a_mail_keeps_its_id_and_takes_only_addresses() -> None:
    notice = Notice("k1", "mail", INES, "digest", "a\nb", "text", NOW)
    smtp = Config.model_validate(
        {"notify": {"smtp": {"host": "h", "sender": "s@acme.example"}}}
    ).notify.smtp
    assert smtp is not None
    assert mail_of(notice, smtp)["Message-ID"] == "<k1@acme.example>"
    assert mail_of(notice, smtp)["Subject"] == "a b"
    assert issubclass(NotSent, Exception)


KILLED = """
import os, signal, sys
from auditor.notify import smtp
from auditor.cli import main

real, count = smtp.Mailer.send, 0

def send(self, notice):
    global count
    real(self, notice)
    count += 1
    if count == int(os.environ["KILL_AFTER"]):
        os.kill(os.getpid(), signal.SIGKILL)

smtp.Mailer.send = send
sys.argv = ["sellby", "-q", "--db", os.environ["DB"], "-c", os.environ["CONF"], "notify"]
main()
"""


def test_a_process_that_is_killed_sends_nothing_twice_and_loses_nothing_silently(
    office: Office, inbox: tuple[Inbox, int], tmp_path: Path
) -> None:
    office.save(*(finding(f"a{n}", f"owner{n}@acme.example") for n in range(3)))
    smtp = f"smtp: {{host: 127.0.0.1, port: {inbox[1]}, security: none, sender: s@acme.example}}"
    (tmp_path / "config.yaml").write_text(f"company: Acme\nnotify:\n  {smtp}\n")
    environ = {"DB": str(office.path), "CONF": str(tmp_path / "config.yaml")}
    for kill_after in ("2", "99"):
        subprocess.run(
            [sys.executable, "-c", KILLED],
            env=os.environ | environ | {"KILL_AFTER": kill_after},
            check=False,
            timeout=60,
        )
    assert sorted(recipient for recipient, _ in inbox[0].mails) == [
        f"owner{n}@acme.example" for n in range(3)
    ]
    states = sorted(n.state for n in office.store.notices.latest(9))
    assert states == [NoticeState.SENT, NoticeState.SENT, NoticeState.UNKNOWN]


def test_check_says_whether_the_mail_server_lets_us_in(
    inbox: tuple[Inbox, int], tmp_path: Path
) -> None:
    from click.testing import CliRunner

    from auditor.cli import sellby

    config = tmp_path / "config.yaml"
    for port, ok in ((inbox[1], True), (9, False)):
        smtp = f"{{host: 127.0.0.1, port: {port}, security: none, sender: s@acme.example}}"
        config.write_text(f"notify:\n  smtp: {smtp}\n")
        done = CliRunner().invoke(sellby, ["-c", str(config), "check", "--format", "json"])
        (row,) = [each for each in json.loads(done.stdout) if each["what"] == "notices"]
        assert row["ok"] is ok
    assert inbox[0].mails == []
