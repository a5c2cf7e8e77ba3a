"""What things say, written into one column and read from there, graph by graph."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeAlias

from kg.projection.keys import Keys
from kg.rdf.namespaces import XSD
from kg.rdf.terms import BlankNode, Literal, NamedNode, Term

# By the number of the graph: numbers of properties and values as ``encoded``, sorted.
Statements: TypeAlias = dict[int, list[tuple[int, str]]]

# Encoded values by the number of their property.
Values: TypeAlias = dict[int, dict[str, None]]

_decode = json.JSONDecoder().raw_decode  # looks for no white space around, unlike json.loads
_STRING = f"{XSD}string"


class Unfit(Exception):
    """A version holds terms that the tables cannot: quoted triples, directed texts."""


def packed(said: Statements) -> str:
    """The statements as text, equal for equal ones."""
    flat = [[graph, *(part for pair in said[graph] for part in pair)] for graph in sorted(said)]
    return json.dumps(flat, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> Statements:
    """The statements that ``packed`` wrote."""
    found, _ = _decode(text)
    return {graph: _pairs(flat) for graph, *flat in found}


def _pairs(flat: list[int | str]) -> list[tuple[int, str]]:
    return list(zip(flat[::2], flat[1::2], strict=True))  # type: ignore[arg-type]


def encoded(term: Term, keys: Keys) -> str:
    """A value as text: a mark of its kind, then its characters. Raises Unfit."""
    if isinstance(term, NamedNode | BlankNode):
        return f"<{keys.of(term)}"
    if not isinstance(term, Literal) or term.direction is not None:
        raise Unfit
    if term.language:
        return f"@{term.language} {term.value}"
    datatype = term.datatype.value
    if datatype == _STRING:
        return f'"{term.value}'
    return f"^{datatype.replace(XSD, '', 1)} {term.value}"


class Decoder:
    """Reads values back as terms; those that come often are made once."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self.thing = lru_cache(maxsize=20_000)(self._thing)
        self.term = lru_cache(maxsize=20_000)(self._term)

    def _thing(self, key: str) -> NamedNode:
        return NamedNode(self._keys.iri(key))

    def _term(self, text: str) -> Term:
        kind, rest = text[0], text[1:]
        if kind == "<":
            return BlankNode(rest[2:]) if rest.startswith("_:") else self.thing(rest)
        if kind == '"':
            return Literal(rest)
        tag, _, value = rest.partition(" ")
        if kind == "@":
            return Literal(value, language=tag)
        return Literal(value, datatype=NamedNode(tag if ":" in tag else XSD + tag))


def key_in(value: str) -> str | None:
    """The key in an encoded value, None for a literal."""
    return value[1:] if value.startswith("<") else None


def text_in(value: str) -> str:
    """An encoded literal's lexical form."""
    return value[1:] if value.startswith('"') else value.partition(" ")[2]


def by_property(said: Statements) -> Values:
    """The distinct values of each property, in whatever graph."""
    found: Values = {}
    for pairs in said.values():
        for number, value in pairs:
            found.setdefault(number, {})[value] = None
    return found


def merged(
    said: Mapping[int, list[tuple[int, str]]], graph: int, new: Iterable[tuple[int, str]]
) -> Statements:
    """The statements with those of one graph replaced by others, perhaps none."""
    rest = {number: pairs for number, pairs in said.items() if number != graph}
    pairs = sorted(set(new))
    return {**rest, graph: pairs} if pairs else rest
