"""Pages as tests read them: elements with their text, by tag and class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "br", "hr", "img", "input", "link", "meta", "rect", "source", "wbr"})


@dataclass(slots=True)
class Element:
    """An element: its attributes, and its children among the texts."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it, runs of white space as one space."""
        return " ".join(" ".join(self._texts()).split())

    def all(self, tag: str = "", kind: str = "") -> list[Element]:
        """The elements below it of a tag, and of a class where one is named."""
        return [
            each
            for each in self._below()
            if (not tag or each.tag == tag)
            and (not kind or kind in each.attributes.get("class", "").split())
        ]

    def one(self, tag: str = "", kind: str = "") -> Element:
        """The first of them. Raises IndexError."""
        return self.all(tag, kind)[0]

    @property
    def links(self) -> dict[str, str]:
        """Where the links below it lead, by their texts."""
        return {each.text: each.attributes.get("href", "") for each in self.all("a")}

    def _below(self) -> Iterator[Element]:
        for each in self.children:
            if isinstance(each, Element):
                yield each
                yield from each._below()

    def _texts(self) -> Iterator[str]:
        for each in self.children:
            if isinstance(each, str):
                yield each
            else:
                yield from each._texts()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("document")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(text: str) -> Element:
    """A page as a tree. Raises AssertionError where an element is not closed in its turn."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is not closed"
    return reader.open[0]
