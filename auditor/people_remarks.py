"""What an audit notices about people: work that nobody owns, a group alone, a rule that cries wolf.

Remarks like those of ``auditor.remarks``: one for each kind and subject, with a count and examples.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from auditor.owners import groups_alone, is_group
from auditor.precision import rule_records
from auditor.store.findings import Filter
from auditor.store.overview import Remark
from crawler.links import leaves_out

if TYPE_CHECKING:
    from auditor.config import Config
    from auditor.model import Finding
    from auditor.store import AuditStore

EXAMPLES = 20


def people_remarks(config: Config, store: AuditStore) -> list[Remark]:
    """Everything noticed, by kind and subject."""
    work = store.findings.matching(Filter())
    return [
        *_left_out(config, work),
        *_unowned(work),
        *_groups(config, work),
        *_doubtful(config, store),
        *_questions(config, store),
    ]


def _left_out(config: Config, work: list[Finding]) -> list[Remark]:
    """Findings on pages that the configuration leaves out now: no crawl will see them fixed."""
    lost: dict[str, list[Finding]] = defaultdict(list)
    for finding in work:
        source = config.sources.get(finding.judgement.source)
        if source is None or (
            source.kind == "website" and leaves_out(source, finding.judgement.url)
        ):
            lost[finding.judgement.source].append(finding)
    return [
        Remark(
            "left_out",
            name,
            len(found),
            f"{_count(len(found), 'finding')} on {name} {_is(len(found))} of pages that the "
            "configuration leaves out now, so none will be seen fixed. Close them: "
            f"`sellby reject --source {name} --search PART-OF-THE-URL --reason wont_fix`.",
            tuple((f.judgement.url, f.judgement.sku, f.id) for f in found[:EXAMPLES]),
        )
        for name, found in sorted(lost.items())
    ]


def _unowned(work: list[Finding]) -> list[Remark]:
    """Findings without an owner, by source."""
    lost: dict[str, list[Finding]] = defaultdict(list)
    for finding in work:
        if not finding.owner:
            lost[finding.judgement.source].append(finding)
    return [
        Remark(
            "unowned",
            source,
            len(found),
            f"{_count(len(found), 'finding')} on {source} {_is(len(found))} nobody's. Add a rule "
            "under `owners`, or say who owns the source.",
            tuple((f.judgement.url, f.judgement.sku, f.id) for f in found[:EXAMPLES]),
        )
        for source, found in sorted(lost.items())
    ]


def _groups(config: Config, work: list[Finding]) -> list[Remark]:
    """Groups that own findings without a person who answers for them."""
    owned = Counter(f.owner for f in work if is_group(f.owner) and f.owner not in config.people)
    named = dict.fromkeys(group for _, group in groups_alone(config, owned))
    return [
        Remark(
            "group_alone",
            group,
            owned[group],
            f"{_count(owned[group], 'finding')} belong{'s' * (owned[group] == 1)} to {group}: a "
            "group alone answers for nothing. Say under `teams` which person does.",
        )
        for group in named
        if owned[group]
    ]


def _doubtful(config: Config, store: AuditStore) -> list[Remark]:
    """Rules that were wrong too often."""
    asking = config.asking
    return [
        Remark(
            "doubtful_rule",
            rule.name,
            rule.wrong,
            f"{rule.wrong} of {rule.decided} findings of the rule “{rule.name}” were false alarms. "
            "Doubt its findings, and have its words or the page's profile looked at.",
        )
        for rule in rule_records(store)
        if rule.is_doubtful(asking.precision_floor, asking.fewest_decided)
    ]


def _questions(config: Config, store: AuditStore) -> list[Remark]:
    """Questions to the owners of feeds, feed by feed."""
    asked = defaultdict(list)
    for question in store.desk.questions():
        asked[question.feed].append(question)
    return [
        Remark(
            "feed_question",
            feed,
            len(found),
            f"{_count(len(found), 'time')} somebody said that a page is right and {feed} is wrong: "
            f"{_owner(config, feed)}, please look (`sellby questions`).",
            tuple(
                (q.url, q.sku, f"page {q.page_says}, feed {q.feed_says} ({q.row})")
                for q in found[:EXAMPLES]
            ),
        )
        for feed, found in sorted(asked.items())
    ]


def _owner(config: Config, feed: str) -> str:
    return (config.feeds[feed].owner if feed in config.feeds else "") or "whoever owns the feed"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"
