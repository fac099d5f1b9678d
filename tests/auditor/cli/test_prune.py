"""``sellby prune`` as it is typed: what would go, what went, what stayed."""

from __future__ import annotations

from auditor.store import AuditStore, Filter


def test_what_a_finding_or_a_decision_rests_on_is_evidence(audited):
    finding = audited.finding("TB-100", "price")
    with AuditStore(audited.directory / "sellby.db") as store:
        [stored] = [
            each
            for each in store.findings.matching(Filter(every_state=True))
            if each.id == finding["id"]
        ]
        assert stored.snapshot in store.retention.evidence()
    audited.sellby("reject", finding["id"], "--reason", "false_alarm", "--note", "no")
    with AuditStore(audited.directory / "sellby.db") as store:
        assert stored.snapshot in store.retention.evidence()


def test_a_dry_run_says_what_would_go_and_a_run_makes_the_file_small(audited):
    would = audited.read("prune", "--dry-run")
    assert (would["dry_run"], would["visits"], would["contents"]) == (True, 0, 0)
    result = audited.sellby("prune")
    assert "Forgotten: 0 visits" in result.stderr
    assert "sellby.db: " in result.stderr
    assert audited.finding("TB-100", "price")["state"] == "open"
