"""Charts as inline SVG: drawn by pygal, stripped of everything a page must not hold.

What is left are shapes with class names. Colours and type come from the page's style sheet, so
that a chart follows dark mode and print; there is no script and no style in it, and the same data
give the same bytes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from pygal.graph.xy import XY

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """The labels of an axis by their places, and how a value reads in a tooltip."""

    labels: Sequence[tuple[float, str]]
    low: float
    high: float
    text: Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Line:
    """Points joined by a line; ``name`` is its class in the style sheet and its word."""

    name: str
    points: Sequence[Point]
    dots: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over two axes. ``label`` says in one sentence what is seen; ``kind`` is its class."""

    kind: str
    label: str
    lines: Sequence[Line]
    x: Axis
    y: Axis
    width: int = 560
    height: int = 200


def draw(chart: Chart) -> Markup:
    """The chart as SVG that can stand in a page under a strict policy."""
    from lxml import etree

    tree = _pygal(chart).render_tree()
    _strip(tree, chart)
    svg = etree.tostring(tree, encoding="unicode")
    return Markup(svg)  # our own shapes, every text escaped by lxml


_LONG_NUMBER = re.compile(r"-?\d+\.\d+")
_KEPT = frozenset({"viewBox", "class", "d", "x", "y", "cx", "cy", "r", "transform"})


def _shorter(match: re.Match[str]) -> str:
    return f"{float(match[0]):.1f}".removesuffix(".0")


def _pygal(chart: Chart) -> XY:
    from pygal.graph.xy import XY
    from pygal.style import Style

    _undo_import_hook()
    made = XY(
        style=Style(font_family="inherit", label_font_size=11, major_label_font_size=11),
        width=chart.width,
        height=chart.height,
        margin=6,
        spacing=8,
        show_legend=False,
        show_x_guides=False,
        dots_size=3,
        js=(),
        css=(),
        no_prefix=True,
        disable_xml_declaration=True,
        print_values=False,
        truncate_label=-1,
        range=(chart.y.low, chart.y.high),
        xrange=(chart.x.low, chart.x.high),
        x_labels=[{"label": label, "value": at} for at, label in chart.x.labels],
        y_labels=[{"label": label, "value": at} for at, label in chart.y.labels],
    )
    for line in chart.lines:
        values = [
            {"value": point, "formatter": lambda v: f"{chart.x.text(v[0])}: {chart.y.text(v[1])}"}
            for point in line.points
        ]
        made.add(line.name, values, show_dots=line.dots)
    return made


def _undo_import_hook() -> None:
    """Take pygal's finder for map plug-ins out again: Python warns of it at every later import."""
    sys.meta_path[:] = [f for f in sys.meta_path if type(f).__module__ != "pygal"]


def _strip(svg: Any, chart: Chart) -> None:
    """Leaves shapes, class names and words; a dot's value becomes its tooltip."""
    from lxml import etree

    for element in list(svg.iter()):
        if not isinstance(element.tag, str) or _is_superfluous(element):
            element.getparent().remove(element)
    for dot in svg.iter("{*}circle"):
        value = dot.getparent().find("{*}desc")
        etree.SubElement(dot, dot.tag.replace("circle", "title")).text = value.text
    for element in list(svg.iter("{*}desc")):
        element.getparent().remove(element)
    for element in svg.iter():
        for key, value in element.attrib.items():
            if key in _KEPT:
                element.set(key, _LONG_NUMBER.sub(_shorter, value))
            else:
                del element.attrib[key]
    for number, line in enumerate(chart.lines):
        for group in svg.iter("{*}g"):
            if f"serie-{number}" in _classes(group):
                group.set("class", f"series {line.name}")
    svg.set("class", f"chart {chart.kind}")
    svg.set("role", "img")
    svg.set("aria-label", chart.label)
    etree.cleanup_namespaces(svg)


def _is_superfluous(element: Any) -> bool:
    if str(element.tag).rpartition("}")[2] in ("defs", "style", "script", "title", "rect"):
        return True
    return bool(_classes(element) & {"titles", "text-overlay", "tooltip-overlay"})


def _classes(element: Any) -> set[str]:
    return set(element.get("class", "").split())
