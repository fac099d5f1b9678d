"""The JSON API, as docs/serve.md describes it: what a command line elsewhere asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.costs import costs_of
from auditor.desk import DeskHere, carry_out, check_may_decide
from auditor.dossier import dossier
from auditor.lists import late_list, question_list, rule_list
from auditor.records import record, task_record
from auditor.serve.orders import filter_of, flag_of, ids_of, is_yes, order_of
from auditor.service_levels import escalated_to
from auditor.tasks import tasks as bundled

if TYPE_CHECKING:
    from starlette.requests import Request

    from auditor.desk import Asker
    from auditor.serve.app import Server

MOST_FINDINGS = 20_000


def me(_server: Server, _request: Request, asker: Asker, _body: Mapping[str, Any]) -> object:
    """Who the token belongs to."""
    return {"name": asker.name, "role": str(asker.role), "deputy_of": list(asker.names)}


def findings(server: Server, request: Request, _asker: Asker, _body: Mapping[str, Any]) -> object:
    """Findings that fit the query, most urgent first, as ``findings --format json`` prints them.

    What they cost is reckoned only where the query has ``cost``.
    """
    from dataclasses import replace

    query = dict(request.query_params)
    with_cost = is_yes(query.pop("cost", ""))
    where = filter_of(query)
    where = replace(where, limit=min(where.limit or MOST_FINDINGS, MOST_FINDINGS))
    with server.store() as store:
        found = store.findings.matching(where)
        beside = store.overview.beside_all(found)
        costs = costs_of(store, server.config, found, server.now()) if with_cost else {}
    return [record(finding, beside.get(finding.id), costs.get(finding.id)) for finding in found]


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
        if len(found) == 1:
            words = store.trends.context(found[0].fingerprint)
            around = (words.before, words.after)
            return [dossier(store, server.config, found[0], around, server.now())]
        beside = store.overview.beside_all(found)
        rows = []
        for each in found:
            words = store.trends.context(each.fingerprint)
            rows.append(
                record(each, beside.get(each.id)) | {"before": words.before, "after": words.after}
            )
    return rows


def asked(server: Server, _request: Request, asker: Asker, _body: Mapping[str, Any]) -> object:
    """Names of the tasks that one is asked for."""
    with server.store() as store:
        return store.desk.asked().get(asker.name, [])


def escalated(server: Server, _request: Request, asker: Asker, _body: Mapping[str, Any]) -> object:
    """Findings of others that are late, and one's own turn by now."""
    with server.store() as store:
        return [record(f) for f in escalated_to(store, server.config, asker.name, server.now())]


def late(server: Server, request: Request, asker: Asker, _body: Mapping[str, Any]) -> object:
    """What fits the query and is past its service level; with ``mine`` one's own, or one's turn."""
    query = dict(request.query_params)
    mine = asker.name if is_yes(query.pop("mine", "")) else ""
    with server.store() as store:
        return late_list(store, server.config, filter_of(query), server.now(), mine=mine)


def questions(server: Server, request: Request, asker: Asker, _body: Mapping[str, Any]) -> object:
    """Open questions to the owners of feeds; with ``mine`` to oneself."""
    mine = asker.name if is_yes(request.query_params.get("mine", "")) else ""
    with server.store() as store:
        return question_list(store, server.config, mine=mine)


def rules(server: Server, _request: Request, _asker: Asker, _body: Mapping[str, Any]) -> object:
    """How often each rule was right, and below which share one is doubtful."""
    with server.store() as store:
        return rule_list(store, server.config)


def recheck(server: Server, _request: Request, asker: Asker, body: Mapping[str, Any]) -> object:
    """Have the pages of findings looked at again: a ticket to ask by what became of it."""
    ids = ids_of(body)
    with server.store() as store:
        found = {f.fingerprint: f for name in ids for f in store.findings.named(name)}
    for finding in found.values():
        check_may_decide(asker, finding)
    return server.rechecks.wish(list(found.values()), asker.name).as_data()


def rechecked(server: Server, request: Request, asker: Asker, _body: Mapping[str, Any]) -> object:
    """What became of a wish of one's own."""
    return server.rechecks.ticket(request.path_params["id"], asker.name).as_data()


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
