"""Answers that are JSON but not what the vendor documents: problems, never a crash."""

from __future__ import annotations

import json
import random
from collections import deque
from typing import TYPE_CHECKING, Any

import pytest

from crawler.config import KmsSource, Limits
from crawler.kms.collect import Collector
from crawler.kms.interface import Response
from crawler.kms.registry import connector_for
from crawler.kms.runner import queue
from crawler.snapshot import Outcome
from crawler.store import SnapshotStore
from tests.crawler.kms.vendors import NIGHT, VENDORS, Vendor

if TYPE_CHECKING:
    from pathlib import Path

ODD: tuple[Any, ...] = (
    None, True, -1, 10**30, 1.5, "", "x" * 50, "-1", "\x00\ud800", [], {}, [None], [[]], {"": None},
    "https://evil.example/", "javascript:alert(1)", "9999-99-99", [{"id": {}}],
)  # fmt: skip
ROUNDS = 20


def bent(data: Any, dice: random.Random) -> Any:
    """The same with one value somewhere in it replaced, or one key left out."""
    if isinstance(data, dict) and data and dice.random() < 0.9:
        key = dice.choice(sorted(data))
        if dice.random() < 0.15:
            return {name: value for name, value in data.items() if name != key}
        return {**data, key: bent(data[key], dice)}
    if isinstance(data, list) and data and dice.random() < 0.9:
        index = dice.randrange(len(data))
        return [*data[:index], bent(data[index], dice), *data[index + 1 :]]
    return dice.choice(ODD)


def night(vendor: Vendor, store: SnapshotStore, dice: random.Random | None) -> Any:
    limits = Limits(max_pages=60)
    source = KmsSource.model_validate(vendor.source | {"limits": limits})
    connector = connector_for(source)
    collector = Collector(source, connector, store, now=lambda: vendor.now)
    waiting = deque(collector.begin())
    sent = 0
    while not collector.stopped and sent < 80:
        waiting.extend([] if waiting else collector.confirm())
        if not waiting or collector.stopped:
            break
        request = waiting.popleft()
        asked = request if request.foreign else connector.authorise(request)
        try:
            answer = vendor.send(asked.method, asked.url, dict(asked.headers), asked.body)
        except (
            KeyError,
            ValueError,
            TypeError,
            AttributeError,
        ):  # a stand-in asked for something odd
            waiting.extend(collector.failed(request, Outcome.TIMEOUT, "no answer"))
            continue
        sent += 1
        body = answer.body
        if dice is not None and dice.random() < 0.6 and body.startswith((b"{", b"[")):
            body = json.dumps(bent(json.loads(body), dice)).encode()
        response = Response(asked, answer.status, answer.headers, body)
        queue(waiting, collector.receive(response))
    assert sent < 80, "asked without end"
    return collector.finish()


@pytest.mark.parametrize("kind", VENDORS, ids=lambda vendor: vendor.__name__)
def test_odd_answers_are_problems_and_never_crashes(kind: type[Vendor], tmp_path: Path) -> None:
    vendor = kind("https://kb.example", NIGHT)
    for number in range(1, 6):
        vendor.write(number, f"It costs {number}.90 EUR.")
    with SnapshotStore(tmp_path / "sellby.db") as store:
        night(vendor, store, None)
        kept = len(list(store.latest()))
        for seed in range(ROUNDS):
            summary = night(vendor, store, random.Random(f"{kind.__name__} {seed}"))
            crashes = [p.message for p in summary.problems if p.kind == "connector"]
            assert crashes == [], f"seed {seed}"
        assert len(list(store.latest())) >= kept - 2  # what an answer called gone is believed
