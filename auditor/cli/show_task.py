"""A task as people and programs see it: its root cause, what one fix clears, its findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.cli.output import Format, one_line, print_csv, print_json, print_table

if TYPE_CHECKING:
    from rich.text import Text

    from auditor.cli.session import Session
    from auditor.tasks import Task

# What one fix would clear, in words, by the kind of cause.
CAUSES = {
    "fact": "one fact, wherever it is repeated",
    "product": "one product whose change was not published",
    "price_list": "one day's changes that were not published",
    "template": "one template",
    "copy": "one paragraph and its copies",
    "feed": "one question to the owner of a feed",
}


def show_task(session: Session, prefix: str, output: str) -> None:
    """Print the task whose id starts with ``prefix``. Raises NotFound."""
    from auditor.records import COLUMNS, record, task_record
    from auditor.tasks import Task

    with session.audit_store() as store:
        found = store.findings.of_task(prefix)
    waiting = [f for f in found if f.state.needs_work] or found
    task = Task(found[0].task, tuple(waiting))
    if output == Format.TABLE:
        from auditor.cli.tables import findings_table

        now = session.now().astimezone(session.zone)
        print_table(task_head(task, len(found)), findings_table(waiting, now), color=session.color)
        session.talk.hint(
            f"Fixed? `sellby confirm {task.id}` says so of all of them at once; the next look at "
            "the pages proves it, one by one."
        )
    elif output == Format.JSON:
        print_json(task_record(task) | {"findings": [record(finding) for finding in found]})
    else:
        print_csv(COLUMNS, [record(finding) for finding in found])


def task_head(task: Task, n_in_all: int) -> Text:
    """What a task is about; ``n_in_all`` are its findings in whatever state."""
    from rich.text import Text

    from auditor.cli.words import count

    text = Text()
    text.append(f"{task.id}  ", style="bold cyan")
    text.append(one_line(task.name), style="bold")
    text.append(f"\n{CAUSES[task.cause]} · {count(len(task.products), 'product')}")
    text.append(f" · owner {', '.join(map(one_line, task.owners)) or 'nobody'}")
    if n_in_all > len(task.findings):
        text.append(f" · {n_in_all - len(task.findings)} of {n_in_all} no longer need work")
    text.append(f"\n{one_line(task.fix)}\n", style="green")
    return text
