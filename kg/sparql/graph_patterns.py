"""The triple patterns of a SELECT query (SPARQL 1.1 Query §19.8), for telling what it looks at.

Only plain queries are understood. None for all others: whoever asks has to expect anything of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import TypeAlias

from kg.rdf.namespaces import RDF
from kg.rdf.terms import NamedNode
from kg.sparql.tokens import Kind, Token, tokenize


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable, without its sign: ``$this`` and ``?this`` are the same."""

    name: str


Node: TypeAlias = Variable | NamedNode


@dataclass(frozen=True, slots=True)
class Hop:
    """A part of a property path: one of ``predicates``, or any property where they are None.

    ``inverse`` goes against the arrow; ``repeated`` any number of times, perhaps not at all.
    """

    predicates: frozenset[str] | None
    inverse: bool = False
    repeated: bool = False


Hops: TypeAlias = tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class TriplePattern:
    """Two nodes and the path between them, in a group of the query.

    ``group`` are the numbers of all groups that it is in, from the outermost. Literals are
    variables that occur nowhere else, as are those that a query within does not select; ``verb``
    is the variable in place of a path.
    """

    subject: Node
    path: Hops
    object: Node
    verb: Variable | None
    group: tuple[int, ...]


def triple_patterns(query: str, prefixes: Mapping[str, str]) -> tuple[TriplePattern, ...] | None:
    """All triple patterns of a query with these ``prefixes``; None where it is not plain."""
    reader = _Reader(query, prefixes)
    try:
        reader.read_query()
    except _NotPlainError:
        return None
    return tuple(reader.found)


def path_hops(path: str) -> Hops | None:
    """A property path with whole IRIs, taken apart; None where it is not plain."""
    try:
        return _Reader(path, {}).read_path()
    except _NotPlainError:
        return None


class _NotPlainError(Exception):
    """What stands here could mean anything."""


class _Reader:
    """Recursive descent over tokens."""

    def __init__(self, text: str, prefixes: Mapping[str, str]) -> None:
        self._tokens = [each for each in tokenize(text) if each.kind is not Kind.COMMENT]
        self._at = 0
        self._prefixes = prefixes
        self._numbers = count()
        self._scopes: list[tuple[int, set[str]]] = []  # of queries within: number, names selected
        self.found: list[TriplePattern] = []

    def read_query(self) -> None:
        self._head()
        self._group(())
        self._modifiers(())
        if self._at < len(self._tokens):
            raise _NotPlainError

    def _head(self) -> set[str]:
        """The names selected. What is computed of all solutions together is not plain."""
        names = set()
        self._expect_word("SELECT")
        self._take_word("DISTINCT", "REDUCED")
        while self._peek().kind is Kind.VARIABLE:
            names.add(self._next().text[1:])
        self._take_word("WHERE")
        return names

    def _modifiers(self, here: tuple[int, ...]) -> None:
        """GROUP BY and HAVING: a solution then rests on the matches that have its values."""
        if self._take_word("GROUP"):
            self._expect_word("BY")
            while self._at < len(self._tokens) and self._peek().kind is Kind.VARIABLE:
                self._next()
            if self._take_word("HAVING"):
                self._brackets(here)

    def _group(self, above: tuple[int, ...]) -> None:
        self._expect("{")
        here = (*above, next(self._numbers))
        if self._peek().is_word("SELECT"):
            self._query_within(here)
        while not self._take("}"):
            self._element(here)

    def _query_within(self, here: tuple[int, ...]) -> None:
        self._scopes.append((next(self._numbers), self._head()))
        self._group(here)
        self._modifiers(here)
        self._scopes.pop()
        if not self._is_ahead("}"):
            raise _NotPlainError

    def _element(self, here: tuple[int, ...]) -> None:
        if self._is_ahead("{") or self._take_word("OPTIONAL", "MINUS"):
            self._group(here)
        elif self._take_word("FILTER"):
            self._filter(here)
        elif self._take_word("BIND"):
            self._brackets(here)
        elif not (self._take_word("UNION") or self._take(".")):
            self._triples(here)

    def _filter(self, here: tuple[int, ...]) -> None:
        self._take_word("NOT")
        if self._take_word("EXISTS"):
            self._group(here)
            return
        if not self._is_ahead("("):
            self._next()  # a function's name
        self._brackets(here)

    def _brackets(self, here: tuple[int, ...]) -> None:
        """An expression, of which only the patterns after EXISTS matter."""
        self._expect("(")
        while not self._take(")"):
            if self._is_ahead("("):
                self._brackets(here)
            elif self._is_ahead("{"):
                self._group(here)
            else:
                self._next()

    def _triples(self, here: tuple[int, ...]) -> None:
        subject = self._node()
        while True:
            verb, path = self._verb()
            self.found.append(TriplePattern(subject, path, self._node(), verb, here))
            while self._take(","):
                self.found.append(TriplePattern(subject, path, self._node(), verb, here))
            if not self._take(";") or self._is_ahead(".", "}"):
                return

    def _verb(self) -> tuple[Variable | None, Hops]:
        if self._peek().kind is Kind.VARIABLE:
            return self._variable(self._next()), (Hop(None),)
        return None, self.read_path()

    def _node(self) -> Node:
        token = self._next()
        match token.kind:
            case Kind.VARIABLE:
                return self._variable(token)
            case Kind.IRI | Kind.PREFIXED_NAME:
                return NamedNode(self._iri(token))
            case Kind.STRING | Kind.NUMBER:
                return self._literal()
        raise _NotPlainError

    def _variable(self, token: Token) -> Variable:
        name = token.text[1:]
        for number, selected in reversed(self._scopes):
            if name not in selected:
                return Variable(f"{name} {number}")
        return Variable(name)

    def _literal(self) -> Variable:
        if self._take("^^") or self._peek().kind is Kind.LANGUAGE_TAG:
            self._next()
        return Variable(f" {next(self._numbers)}")

    def read_path(self) -> Hops:
        ways = [self._sequence()]
        while self._take("|"):
            ways.append(self._sequence())
        return ways[0] if len(ways) == 1 else (_any_of(ways),)

    def _sequence(self) -> Hops:
        hops = self._part()
        while self._take("/"):
            hops += self._part()
        return hops

    def _part(self) -> Hops:
        inverse = self._take("^")
        hops = self._primary()
        if any(self._take(sign) for sign in ("*", "+", "?")):
            if len(hops) != 1:
                raise _NotPlainError
            hops = (replace(hops[0], repeated=True),)
        if inverse:
            hops = tuple(replace(each, inverse=not each.inverse) for each in reversed(hops))
        return hops

    def _primary(self) -> Hops:
        if self._take("("):
            hops = self.read_path()
            self._expect(")")
            return hops
        token = self._next()
        iri = f"{RDF}type" if token.text == "a" else self._iri(token)
        return (Hop(frozenset({iri})),)

    def _iri(self, token: Token) -> str:
        if "\\" in token.text:
            raise _NotPlainError
        if token.kind is Kind.IRI:
            return token.text[1:-1]
        prefix, _, local = token.text.partition(":")
        if token.kind is not Kind.PREFIXED_NAME or prefix not in self._prefixes:
            raise _NotPlainError
        return self._prefixes[prefix] + local

    def _peek(self) -> Token:
        if self._at == len(self._tokens):
            raise _NotPlainError
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._peek()
        if token.kind is Kind.ERROR:
            raise _NotPlainError
        self._at += 1
        return token

    def _is_ahead(self, *signs: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].text in signs

    def _take(self, sign: str) -> bool:
        taken = self._is_ahead(sign)
        self._at += taken
        return taken

    def _take_word(self, *words: str) -> bool:
        taken = self._at < len(self._tokens) and self._peek().is_word(*words)
        self._at += taken
        return taken

    def _expect_word(self, word: str) -> None:
        if not self._take_word(word):
            raise _NotPlainError

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise _NotPlainError


def _any_of(ways: list[Hops]) -> Hop:
    """The one hop that any of ``ways`` is."""
    first, *others = (way[0] for way in ways)
    if any(len(way) != 1 for way in ways):
        raise _NotPlainError
    predicates: set[str] = set()
    for each in (first, *others):
        if each.predicates is None or (each.inverse, each.repeated) != (first.inverse, False):
            raise _NotPlainError
        predicates |= each.predicates
    return replace(first, predicates=frozenset(predicates))
