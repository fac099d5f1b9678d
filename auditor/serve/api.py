"""The JSON API, as docs/serve.md describes it: what a command line elsewhere asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.desk import DeskHere, carry_out
from auditor.records import record, task_record
from auditor.serve.orders import filter_of, flag_of, order_of
from auditor.service_levels import escalated_to
from auditor.tasks import tasks as bundled

if TYPE_CHECKING:
    from starlette.requests import Request

    from auditor.desk import Asker
    from auditor.serve.app import Server

MOST_FINDINGS = 5_000


def me(_server: Server, _request: Request, asker: Asker, _body: Mapping[str, Any]) -> object:
    """Who the token belongs to."""
    return {"name": asker.name, "role": str(asker.role), "deputy_of": list(asker.names)}


def findings(server: Server, request: Request, _asker: Asker, _body: Mapping[str, Any]) -> object:
    """Findings that fit the query, most urgent first, as ``findings --format json`` prints them."""
    from dataclasses import replace

    where = filter_of(dict(request.query_params))
    where = replace(where, limit=min(where.limit or MOST_FINDINGS, MOST_FINDINGS))
    with server.store() as store:
        found = store.findings.matching(where)
        beside = store.overview.beside_all(found)
    return [record(finding, beside.get(finding.id)) for finding in found]


def tasks(server: Server, request: Request, _asker: Asker, _body: Mapping[str, Any]) -> object:
    """Tasks whose findings fit the query, most urgent first."""
    from dataclasses import replace

    where = filter_of(dict(request.query_params))
    with server.store() as store:
        made = bundled(store.findings.matching(replace(where, limit=0)))
    return [
        task_record(task) | {"findings": [finding.id for finding in task.findings]}
        for task in made[: where.limit or None]
    ]


def finding(server: Server, request: Request, _asker: Asker, _body: Mapping[str, Any]) -> object:
    """What an id stands for: one finding with its words and history, or all of a task."""
    with server.store() as store:
        found = store.findings.named(request.path_params["id"])
        beside = store.overview.beside_all(found)
        rows = []
        for each in found:
            words = store.trends.context(each.fingerprint)
            rows.append(
                record(each, beside.get(each.id)) | {"before": words.before, "after": words.after}
            )
        if len(found) == 1:
            key = found[0].fingerprint
            rows[0]["history"] = [
                {"at": step.at.isoformat(), "old": step.old, "new": step.new, "why": step.why}
                for step in store.findings.history(key)
            ]
            rows[0]["decisions"] = [
                {
                    "at": decision.at.isoformat(),
                    "kind": str(decision.kind),
                    "who": decision.who,
                    "reason": decision.reason,
                    "note": decision.note,
                }
                for decision in store.findings.decisions([key]).get(key, [])
            ]
    return rows


def asked(server: Server, _request: Request, asker: Asker, _body: Mapping[str, Any]) -> object:
    """Names of the tasks that one is asked for."""
    with server.store() as store:
        return store.desk.asked().get(asker.name, [])


def escalated(server: Server, _request: Request, asker: Asker, _body: Mapping[str, Any]) -> object:
    """Findings of others that are late, and one's own turn by now."""
    with server.store() as store:
        return [record(f) for f in escalated_to(store, server.config, asker.name, server.now())]


def decide(server: Server, _request: Request, asker: Asker, body: Mapping[str, Any]) -> object:
    """Decide, all or nothing; in a dry run, say what would be."""
    now = server.now()
    order = order_of(body, asker.name, now, server.zone)
    with server.store() as store:
        done = carry_out(store, order, now, asker)
    return {
        "plan": done.plan,
        "dry_run": done.was_dry,
        "decided": [record(after) | {"said": said} for after, said in done.decided],
    }


def flag(server: Server, _request: Request, asker: Asker, body: Mapping[str, Any]) -> object:
    """Put a flag on the work list."""
    with server.store() as store:
        desk = DeskHere(store, server.config, server.now)
        return record(desk.flag(flag_of(body, asker.name)))
