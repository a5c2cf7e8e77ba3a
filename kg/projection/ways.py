"""Members as chains of steps: what tables can follow, out of property paths and patterns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from kg.rdf.namespaces import RDF
from kg.schema.members import Member
from kg.schema.paths import Chain, Step
from kg.sparql.tokens import Kind, Token, tokenize

_TYPE = f"{RDF}type"
_THIS, _VALUE = "?this", "?value"

_Triple: TypeAlias = tuple[str, str, str]  # variables begin with ?, all others are IRIs


def ways(member: Member, prefixes: Mapping[str, str]) -> tuple[Chain, ...] | None:
    """The chains from a thing to the member's values; None where only SPARQL can say them."""
    if member.pattern is None:
        return member.path.chains if member.path else None
    try:
        triples = list(_triples(_words(member.pattern, prefixes)))
        return (_chain(triples),)
    except _NoChain:
        return None


class _NoChain(Exception):
    """A pattern is more than triples in a row from ?this to ?value."""


def _words(pattern: str, prefixes: Mapping[str, str]) -> Iterator[str]:
    for token in tokenize(pattern):
        if token.kind is not Kind.COMMENT:
            yield _word(token, prefixes)


def _word(token: Token, prefixes: Mapping[str, str]) -> str:
    if token.kind is Kind.IRI:
        return token.text[1:-1]
    if token.kind is Kind.PREFIXED_NAME:
        prefix, _, local = token.text.partition(":")
        if prefix in prefixes and "\\" not in local:
            return prefixes[prefix] + local
    if token.kind is Kind.VARIABLE:
        return f"?{token.text[1:]}"
    if token.text == "a":
        return _TYPE
    if token.text in {".", ";", ","}:
        return token.text
    raise _NoChain


def _triples(words: Iterable[str]) -> Iterator[_Triple]:
    """The triples of a block of them (SPARQL 1.1 Query §4.2), in which no word may be missing."""
    stated: list[str] = []
    for word in (*words, "."):
        if word not in {".", ";", ","}:
            stated.append(word)
            continue
        if len(stated) == 3:
            yield stated[0], stated[1], stated[2]
        elif stated or word != ".":
            raise _NoChain
        stated = stated[: {".": 0, ";": 1, ",": 2}[word]]


def _chain(triples: list[_Triple]) -> Chain:
    """The one row of triples from ?this to ?value; all others are checks on its inner nodes."""
    if any(predicate.startswith("?") for _, predicate, _ in triples):
        raise _NoChain
    left = [each for each in triples if each[2].startswith("?")]
    checks = [each for each in triples if not each[2].startswith("?")]
    here, steps = _THIS, list[Step]()
    while here != _VALUE:
        joined = [each for each in left if here in {each[0], each[2]}]
        if len(joined) != 1 or joined[0][0] == joined[0][2]:
            raise _NoChain
        subject, predicate, value = joined[0]
        left.remove(joined[0])
        here = value if here == subject else subject
        found = tuple((p, o) for s, p, o in checks if s == here)
        steps.append(Step(predicate, inverse=here == subject, checks=found))
    if left or steps[-1].checks or sum(len(each.checks) for each in steps) != len(checks):
        raise _NoChain
    return tuple(steps)
