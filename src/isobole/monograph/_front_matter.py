"""Front matter: values, the place of every key, and nothing executed or expanded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from isobole.monograph._text import PageText

LONGEST = 1_000_000
_DEEPEST = 40
_TAG = "tag:yaml.org,2002:"
_AS_WRITTEN = frozenset(_TAG + kind for kind in ("str", "timestamp", "value", "merge"))
_CONSTRUCT = SafeConstructor()
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Flaw(NamedTuple):
    """A defect of the front matter: code, where in the page, and its words."""

    code: str
    start: int
    end: int
    words: dict[str, str]


@dataclass(slots=True)
class FrontMatter:
    """What stands between the two ``---`` lines.

    `lines` and `places` are keyed by path (``"title"``, ``"faqs[0].q"``); a place is
    where the value stands in the page's text, quotes and block marks included.
    """

    first_line: int
    end_line: int
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)


def read_front_matter(page: PageText) -> FrontMatter | None:
    """Return the front matter of a page, or None where there is none."""
    fence = _fences(page.lines)
    if fence is None:
        return None
    first, last = fence
    if last == 0:
        front = FrontMatter(first, first - 1)
        start, end = page.bounds(first)
        front.flaws.append(Flaw("front-matter-unclosed", start, end, {}))
        return front
    front = FrontMatter(first, last)
    if first > 1:
        start, end = page.bounds(first)
        front.flaws.append(Flaw("front-matter-not-first", start, end, {}))
    base = page.starts[first]
    source = page.text[base : page.starts[last - 1]]
    if len(source) > LONGEST:
        start, end = page.bounds(first)
        words = {"size": f"{len(source):,}"}
        front.flaws.append(Flaw("front-matter-too-long", start, end, words))
        return front
    _compose(source, base, page, front)
    return front


def _fences(lines: list[str]) -> tuple[int, int] | None:
    """Return the first and last line of the front matter; last 0 if it never ends."""
    first = next((i for i, line in enumerate(lines) if line.strip()), None)
    if first is None or lines[first].rstrip() != "---":
        return None
    for index in range(first + 1, len(lines)):
        if lines[index].rstrip() in ("---", "..."):
            return first + 1, index + 1
    return first + 1, 0


def _compose(source: str, base: int, page: PageText, front: FrontMatter) -> None:
    try:
        root = yaml.compose(source, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        at = min(base + (mark.index if mark else 0), len(page.text))
        line = page.line_of(at)
        start, end = page.bounds(line)
        reason = getattr(error, "problem", None) or "it cannot be read"
        front.flaws.append(
            Flaw("front-matter-unreadable", start, end, {"reason": str(reason)})
        )
        _salvage(page, front)
        return
    if root is None:
        return
    if not isinstance(root, MappingNode):
        start, end = page.bounds(front.first_line + 1)
        front.flaws.append(Flaw("front-matter-not-keys", start, end, {}))
        return
    front.values = _Walk(source, base, page, front).mapping(root, "", 0)


def _salvage(page: PageText, front: FrontMatter) -> None:
    """Keep the plain ``key: text`` lines of front matter that YAML cannot read."""
    for line in range(front.first_line + 1, front.end_line):
        text = page.lines[line - 1]
        key, colon, value = text.partition(": ")
        if colon and key.replace("_", "").isalnum() and value.strip():
            front.values.setdefault(key, value.strip().strip("'\""))
            front.lines.setdefault(key, line)


class _Walk:
    """Turns nodes into plain values by hand: no constructor of a tag is ever run."""

    def __init__(
        self, source: str, base: int, page: PageText, front: FrontMatter
    ) -> None:
        self.source, self.base, self.page, self.front = source, base, page, front
        self.seen: set[int] = set()

    def flaw(self, code: str, node: Node, **words: str) -> None:
        start = self.base + node.start_mark.index
        line_end = self.page.bounds(self.page.line_of(start))[1]
        end = max(start, min(self.base + node.end_mark.index, line_end))
        self.front.flaws.append(Flaw(code, start, end, words))

    def mapping(self, node: MappingNode, path: str, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.flaw("front-matter-key", key_node)
                continue
            key = str(key_node.value)
            where = f"{path}.{key}" if path else key
            if key in values:
                self.flaw("yaml-duplicate-key", key_node, key=key)
            line = self.page.line_of(self.base + key_node.start_mark.index)
            self.front.lines[where] = line
            values[key] = self.value(value_node, where, depth + 1)
        return values

    def value(self, node: Node, path: str, depth: int) -> Any:
        if isinstance(node, ScalarNode):
            self.place(node, path)
            return self.scalar(node)
        # Aliases of lists and mappings are not followed: that is how a few lines
        # become gigabytes.
        if id(node) in self.seen:
            self.flaw("yaml-alias", node, key=path)
            return None
        self.seen.add(id(node))
        if depth > _DEEPEST:
            self.flaw("yaml-too-deep", node, key=path)
            return None
        if node.tag not in (_TAG + "map", _TAG + "seq"):
            self.flaw("yaml-tag", node, tag=_tag(node.tag))
        self.place(node, path)
        if isinstance(node, MappingNode):
            return self.mapping(node, path, depth)
        assert isinstance(node, SequenceNode)
        items = []
        for index, item in enumerate(node.value):
            where = f"{path}[{index}]"
            start = self.base + item.start_mark.index
            self.front.lines[where] = self.page.line_of(start)
            items.append(self.value(item, where, depth + 1))
        return items

    def place(self, node: Node, path: str) -> None:
        start, end = node.start_mark.index, node.end_mark.index
        piece = self.source[start:end].rstrip()
        self.front.places[path] = (self.base + start, self.base + start + len(piece))

    def scalar(self, node: ScalarNode) -> Any:
        text = str(node.value)
        if node.tag in _AS_WRITTEN:
            return text
        if node.tag.removeprefix(_TAG) not in ("bool", "int", "float", "null"):
            self.flaw("yaml-tag", node, tag=_tag(node.tag))
            return text
        try:
            value = _CONSTRUCT.yaml_constructors[node.tag](_CONSTRUCT, node)
        except (ValueError, KeyError, ConstructorError):
            return text
        # Infinity and not-a-number stay the words they were.
        if isinstance(value, float) and not abs(value) < 1e300:
            return text
        return value


def _tag(tag: str) -> str:
    return ("!!" + tag.removeprefix(_TAG) if tag.startswith(_TAG) else tag)[:80]
