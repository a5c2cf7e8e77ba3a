"""What a query or update may call: no other endpoint, unless it is on the list of those allowed.

The engine fetches whatever SERVICE and LOAD name (SPARQL 1.1 Federated Query §2, Update §3.1.4), so
without this anybody could send requests from inside our network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self
from urllib.parse import urljoin

from kg.errors import Refused
from kg.sparql.calls import SERVICE, Call, calls
from kg.sparql.tokens import TERMINALS, Kind, resolve_escapes

_SPACE = rf"(?:[ \t\r\n]++|{TERMINALS[Kind.COMMENT]})*+"
_IRI = TERMINALS[Kind.IRI]
# Looked for everywhere, in comments and strings too: a declaration too many only refuses more.
_BASES = re.compile(rf"(?=BASE{_SPACE}({_IRI}))", re.IGNORECASE)
_PREFIXES = re.compile(rf"(?=PREFIX{_SPACE}([^\s<>:]*):{_SPACE}({_IRI}))", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
# No user name, no escapes in the host, nothing that is not ASCII: what programs read differently.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.\-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]+))?"
    r"(?P<path>/[^?#\\]*)?(?:[?#][^\\]*)?",
    re.IGNORECASE,
)
_PORTS = {"http": 80, "https": 443}
_DOT_SEGMENT = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
_EITHER = re.compile("service|load", re.IGNORECASE)
_MOST_BASES = 16


def check_query(text: str, *, allowed: tuple[str, ...], base_iri: str | None = None) -> None:
    """Raise Refused if the query ``text`` may call an address that is not allowed.

    ``allowed`` are http(s) URLs; each allows itself and all that its path is the beginning of,
    segment by segment. ``base_iri`` is what the engine will resolve relative IRIs against. SERVICE
    with a variable is never allowed: what it calls cannot be known beforehand.
    """
    _check(text, frozenset({SERVICE}), allowed, base_iri)


def check_update(text: str, *, allowed: tuple[str, ...], base_iri: str | None = None) -> None:
    """The same for the update ``text``, in which LOAD calls too."""
    _check(text, None, allowed, base_iri)


def _check(
    text: str, keywords: frozenset[str] | None, allowed: tuple[str, ...], base_iri: str | None
) -> None:
    if "\\" not in text and _EITHER.search(text) is None:
        return
    permitted = [address for url in allowed if (address := _Address.parse(url))]
    # As it is, as we hand it to the engine, and as an engine that resolves first would read it.
    variants = {text, resolve_escapes(text), resolve_escapes(text, everywhere=True)}
    for variant in variants:
        for call in set(calls(variant)):
            if keywords is None or call.keyword in keywords:
                _check_call(call, variant, permitted, base_iri)


def _check_call(call: Call, text: str, permitted: list[_Address], base_iri: str | None) -> None:
    if call.kind is Kind.VARIABLE:
        raise Refused(f"SERVICE {call.target} is refused: a query must name the address it calls.")
    targets = set(_resolved(call, text, base_iri))
    for target in targets:
        address = _Address.parse(target)
        if address is None or not any(address.is_within(other) for other in permitted):
            raise Refused(f"{call.keyword} <{target}> is refused: the address is not allowed here.")
    if not targets:
        raise Refused(f"{call.keyword} {call.target} is refused: the address is not known.")


def _resolved(call: Call, text: str, base_iri: str | None) -> Iterator[str]:
    """All IRIs that the target of ``call`` may stand for."""
    bases = _bases(text, base_iri)
    if call.kind is Kind.IRI:
        yield from _absolute(_content(call.target), bases)
        return
    prefix, _, local = call.target.partition(":")
    for match in _PREFIXES.finditer(text):
        if match.group(1) == prefix:
            for namespace in _absolute(_content(match.group(2)), bases):
                yield namespace + re.sub(r"\\(.)", r"\1", local)


def _bases(text: str, base_iri: str | None) -> set[str]:
    """All IRIs that may be the base somewhere in ``text``."""
    bases = {base_iri} if base_iri else set()
    for match in _BASES.finditer(text):
        bases |= set(_absolute(_content(match.group(1)), bases))
        if len(bases) > _MOST_BASES:
            raise Refused("A query that calls another endpoint may not have that many bases.")
    return bases


def _absolute(reference: str, bases: Iterable[str]) -> Iterator[str]:
    if _SCHEME.match(reference):
        yield reference
        return
    try:
        yield from [urljoin(base, reference) for base in bases]
    except ValueError as error:
        raise Refused(f"The address {reference!r} is refused: {error}.") from error


def _content(iri: str) -> str:
    """What is between the angle brackets."""
    return resolve_escapes(iri, everywhere=True)[1:-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Address:
    """An http(s) URL in the parts that decide where a request goes."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, url: str) -> Self | None:
        """The address that ``url`` names; None where programs may disagree on that."""
        found = _URL.fullmatch(url)
        if found is None or not url.isascii() or not url.isprintable():
            return None
        scheme, path = found["scheme"].lower(), found["path"] or "/"
        if _DOT_SEGMENT.search(path):
            return None
        port = int(found["port"]) if found["port"] else _PORTS[scheme]
        return cls(scheme=scheme, host=found["host"].lower(), port=port, path=path)

    def is_within(self, other: _Address) -> bool:
        """Whether this is ``other`` or an address below it."""
        here, there = ((each.scheme, each.host, each.port) for each in (self, other))
        folder = other.path if other.path.endswith("/") else f"{other.path}/"
        return here == there and (self.path == other.path or self.path.startswith(folder))
