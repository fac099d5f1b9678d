"""A digest or incident as the text of a mail, and as what Slack, Teams and others take.

Everything that was crawled or fed is hostile: it goes on one line, control characters are written
out, and chats get it as plain text where they have such a thing, else with their marks escaped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from auditor.notify.digest import Digest, Item, one_line
from auditor.plain import printable
from auditor.report.html import templates_directory

TITLES: Mapping[str, str] = {
    "due": "Due",
    "worsened": "Worsened or come back",
    "new": "New",
    "coming": "Coming: right today, wrong soon",
    "fixed": "Seen fixed",
}

SLACK_TEXT = 2900
"""Characters of one block; Slack takes 3,000."""

_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class IncidentText:
    """An incident in words; ``until`` is "" while it lasts."""

    kind: str
    subject: str
    message: str
    since: str
    until: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it has cleared."""
        return bool(self.until)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: a subject, a text for people, and the items for machines."""

    kind: str
    reader: str
    subject: str
    text: str
    items: tuple[Item, ...]
    report_url: str


class Renderer:
    """Renders messages with the templates ``notify/*.txt``; a user's folder may override them."""

    def __init__(self, company: str, report_url: str, overrides: Path | None = None) -> None:
        folders = [overrides, templates_directory()] if overrides else [templates_directory()]
        self._environment = Environment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
            autoescape=False,  # text, not HTML
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=lambda value: printable(value) if isinstance(value, str) else value,
        )
        self._company = one_line(company) or "Sellby"
        self._report_url = (
            report_url if not report_url or report_url[-1] == "/" else report_url + "/"
        )

    def digest(self, found: Digest) -> Message:
        """An owner's digest, or the lead's."""
        subject = one_line(f"{self._company}: {found.summary}", 120)
        kind = "lead" if found.owners else "digest"
        return self._message(kind, "digest", found, subject)

    def advance(self, found: Digest) -> Message:
        """What becomes wrong soon."""
        total = sum(section.total for section in found.sections)
        day = found.items[0].day if found.items else ""
        noun = "statement becomes" if total == 1 else "statements become"
        subject = one_line(f"{self._company}: {total} {noun} wrong from {day}", 120)
        return self._message("advance", "advance", found, subject)

    def incident(self, incident: IncidentText) -> Message:
        """Something that is wrong with our own eyes, or is over."""
        over = "over: " if incident.is_over else ""
        subject = one_line(f"{self._company}: {over}{incident.kind}, {incident.subject}", 120)
        text = self._text("incident", incident=incident)
        kind = "incident_over" if incident.is_over else "incident"
        return Message(kind, "", subject, text, (), self._report_url)

    def _message(self, kind: str, template: str, found: Digest, subject: str) -> Message:
        text = self._text(template, digest=found, titles=TITLES)
        return Message(kind, found.reader, subject, text, found.items, self._report_url)

    def _text(self, template: str, **values: object) -> str:
        text = self._environment.get_template(f"notify/{template}.txt").render(
            company=self._company, report_url=self._report_url, **values
        )
        return _BLANK_LINES.sub("\n\n", text).strip() + "\n"


def slack(message: Message) -> str:
    """The JSON of a Slack incoming webhook: headline and text as plain text, our own link.

    Plain text knows no mentions, links or marks, so ``<!channel>`` on a page calls nobody. The
    fallback text that notifications show is escaped as Slack asks for.
    """
    head: dict[str, object] = {"type": "header", "text": _plain_text(message.subject, 150)}
    blocks = [head]
    blocks.extend(
        {"type": "section", "text": _plain_text(part, SLACK_TEXT)}
        for part in _parts(message.text, SLACK_TEXT)
    )
    if message.report_url:
        button = {
            "type": "button",
            "text": _plain_text("Report", 75),
            "url": message.report_url,
        }
        blocks.append({"type": "actions", "elements": [button]})
    return json.dumps({"text": slack_escaped(message.subject), "blocks": blocks[:50]})


def slack_escaped(text: str) -> str:
    """Text in Slack's mrkdwn that calls nobody and links nowhere.

    >>> slack_escaped("<!channel> & <http://evil.example|here>")
    '&lt;!channel&gt; &amp; &lt;http://evil.example|here&gt;'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def teams(message: Message) -> str:
    """The JSON of a Teams workflow webhook: one Adaptive Card.

    Its texts are runs of a RichTextBlock, which know no Markdown; ``{{`` is parted, because cards
    take it for a function.
    """
    lines = message.text.splitlines()
    body: list[dict[str, object]] = [
        _run(message.subject, weight="Bolder", size="Medium"),
        *(_run(line) for line in lines if line.strip()),
    ]
    card: dict[str, object] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body[:100],
    }
    if message.report_url:
        link = {"type": "Action.OpenUrl", "title": "Report", "url": message.report_url}
        card["actions"] = [link]
    content = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return json.dumps({"type": "message", "attachments": [content]})


def generic(message: Message) -> str:
    """The JSON of any other webhook: kind, subject, text and every item."""
    return json.dumps(
        {
            "version": 1,
            "kind": message.kind,
            "reader": message.reader,
            "subject": message.subject,
            "text": message.text,
            "items": [asdict(item) for item in message.items],
            "report_url": message.report_url,
        }
    )


CHATS = {"slack": slack, "teams": teams, "generic": generic}
"""What makes the body of each kind of webhook."""


def _plain_text(text: str, limit: int) -> dict[str, object]:
    return {"type": "plain_text", "text": text[:limit] or " ", "emoji": False}


def _run(text: str, **look: str) -> dict[str, object]:
    safe = text.replace("{{", "{ {").replace("}}", "} }")
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": safe, **look}]}


def _parts(text: str, limit: int) -> Sequence[str]:
    """A text in parts of at most ``limit`` characters, cut between lines."""
    parts, part = [], ""
    for line in text.splitlines(keepends=True):
        if part and len(part) + len(line) > limit:
            parts.append(part)
            part = ""
        part += line[:limit]
    return [*parts, part] if part.strip() else parts
