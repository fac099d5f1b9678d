"""Copies of stored pages that are safe to show, with the quotes of findings highlighted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from auditor.page.annotate import annotated
from auditor.report.material import Material
from auditor.report.page import Page


@dataclass(frozen=True, slots=True)
class CopyView:
    """A whole document of its own, with its own policy."""

    document: Markup


_GONE = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>No longer stored</title>'
    "</head><body><p>What this page showed is no longer stored.</p></body></html>"
)


def _ids(material: Material) -> Iterable[str]:
    return material.copies


def _view(material: Material, page_id: str) -> CopyView | None:
    copy = material.copies.get(page_id)
    if copy is None:
        return None
    snapshot = material.snapshots.snapshot_at(copy.source, copy.url, copy.at)
    if snapshot is None:
        return CopyView(_GONE)
    return CopyView(Markup(annotated(snapshot, copy.quotes)))  # sanitised by nh3


COPY = Page("copy", _view, ids=_ids, is_data=False, is_kept=True, is_one_of_many=True)
