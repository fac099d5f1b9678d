"""YAML text → plain data, with the line of every key; nothing is constructed, nothing expanded.

A subset on purpose: no anchors and aliases (a few lines of them can unfold to gigabytes), no
tags, one document. Scalars keep their text where YAML 1.1 would surprise: ``NO`` is Norway and
not false, ``0123`` keeps its zero, ``12:30`` is no number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

MAX_BYTES = 1_000_000
MAX_DEPTH = 30

Data = None | bool | int | str | list["Data"] | dict[str, "Data"]
Path = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_VARIABLE = re.compile(r"\$(?:\$|\{([^}]*)\})")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong at a 1-based line; ``path`` are the keys that lead there."""

    line: int
    path: Path
    message: str


@dataclass(slots=True)
class Document:
    """Data with lines: ``lines`` has the line of every key and list item by its path.

    ``taken`` maps what was taken from the environment to its name: it is never shown.
    """

    data: dict[str, Data] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of ``path``, or of its nearest parent that has one; 1 at worst."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_document(
    text: str, environ: Mapping[str, str], *, secrets: bool | Collection[str] = True
) -> Document:
    """Read YAML ``text``; ``${NAME}`` in a value is replaced from ``environ``, ``$$`` is ``$``.

    Never raises for what the text holds: what is wrong stands in ``mistakes``. Without
    ``secrets`` a variable that is not set becomes "" instead of a mistake; with the names of some
    parts ("feeds") it is a mistake in these alone.

    >>> read_document("a: {b: [1, no, '01']}", {}).data
    {'a': {'b': [1, 'no', '01']}}
    >>> [m.message for m in read_document("a: 1\\na: 2", {}).mistakes]
    ['given twice, first on line 1']
    """
    document = Document()
    if len(text.encode()) > MAX_BYTES:
        document.mistakes.append(Mistake(1, (), f"larger than {MAX_BYTES:,} bytes"))
        return document
    try:
        document.mistakes += _forbidden(text)
        if document.mistakes:
            return document
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        document.mistakes.append(_syntax(error, text))
        return document
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        document.mistakes.append(Mistake(line, (), f"a character that no YAML has: {error.reason}"))
        return document
    if node is None:
        return document
    if not isinstance(node, yaml.MappingNode):
        document.mistakes.append(Mistake(1, (), "must be keys and values, like `sources:`"))
        return document
    reader = _Reader(document, environ, secrets)
    data = reader.read(node, ())
    document.data = data if isinstance(data, dict) else {}
    return document


@dataclass(frozen=True, slots=True)
class _Reader:
    document: Document
    environ: Mapping[str, str]
    secrets: bool | Collection[str]

    def read(self, node: yaml.Node, path: Path) -> Data:
        self.document.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Data]:
        found: dict[str, Data] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._mistake(line, path, "a key must be a plain word")
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in found:
                self._mistake(line, here, f"given twice, first on line {self.document.line(here)}")
                continue
            self.document.lines[here] = line
            found[key] = self.read(value_node, here)
        return found

    def _scalar(self, node: yaml.Node, path: Path) -> Data:
        text = str(node.value)
        if getattr(node, "style", None) is None:
            if text in ("", "~", "null"):
                return None
            if text in ("true", "false"):
                return text == "true"
            if _INTEGER.fullmatch(text):
                return int(text)
        return _VARIABLE.sub(lambda match: self._variable(match, node, path), text)

    def _variable(self, match: re.Match[str], node: yaml.Node, path: Path) -> str:
        name = match[1]
        if name is None:
            return "$"
        line = node.start_mark.line + 1
        if not _NAME.fullmatch(name):
            self._mistake(line, path, f"${{{name}}} is no name of an environment variable")
        elif name in self.environ:
            self.document.taken[self.environ[name]] = name
            return self.environ[name]
        elif self.secrets is True or (self.secrets and path[0] in self.secrets):
            self._mistake(line, path, f"the environment variable {name} is not set")
        return ""

    def _mistake(self, line: int, path: Path, message: str) -> None:
        self.document.mistakes.append(Mistake(line, path, message))


def _forbidden(text: str) -> Iterator[Mistake]:
    """What is refused before anything is built: anchors, aliases, tags, depth, documents."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        mark = event.start_mark
        line = mark.line + 1 if mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents == 2:
                yield Mistake(line, (), "a second document; the file must be one")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                yield Mistake(line, (), f"nested deeper than {MAX_DEPTH} levels")
                return
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            yield Mistake(line, (), "anchors and aliases (& and *) are not read; write it out")
            return
        if tag := getattr(event, "tag", None):
            yield Mistake(line, (), f"the tag {tag} is not read; leave it out")
            return


def _syntax(error: yaml.MarkedYAMLError, text: str) -> Mistake:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    lines = text.splitlines()
    row = lines[line - 1] if line <= len(lines) else ""
    if re.match(r"\s*\t", row):
        return Mistake(line, (), "a tab at the start of the line; indent with blanks")
    if "\t" in (error.problem or ""):
        return Mistake(line, (), "a tab where a blank must stand")
    what = (error.problem or "cannot be read").replace("'<block end>'", "the end of this part")
    hint = ""
    if "mapping values are not allowed" in what:
        hint = "; text with a colon needs quotes"
    return Mistake(line, (), f"is no YAML: {what}{hint}")
