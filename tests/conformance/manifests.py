"""The W3C's SPARQL suites as data: every case of their manifests that this product is held to.

The suites are no part of this repository. They come with rdflib's source distribution::

    pip download --no-deps --no-binary rdflib rdflib==7.6.0

Unpack it and name the folder (or its ``test/data/suites/w3c``) in ``KG_W3C_SUITE``.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urljoin

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

HOW_TO_GET = (
    "KG_W3C_SUITE names no folder with the W3C's suites: pip download --no-deps"
    " --no-binary rdflib rdflib==7.6.0, unpack it and name its folder there."
)

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
DAWGT = "http://www.w3.org/2001/sw/DataAccess/tests/test-dawg#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"

# Where the W3C publishes the two suites: what relative IRIs in their files are resolved against.
_BASES = {
    "dawg-data-r2": "http://www.w3.org/2001/sw/DataAccess/tests/data-r2/",
    "sparql11": "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/",
}
_ROOTS = (
    "dawg-data-r2/manifest-evaluation.ttl",
    "dawg-data-r2/manifest-syntax.ttl",
    "sparql11/manifest-all.ttl",
)
# Entailment regimes are not offered; ``service`` needs other endpoints on the network; protocol
# and service description have no machine-readable cases there (see protocol_cases).
_LEFT_OUT = ("entailment", "service", "service-description", "protocol")

Node = NamedNode | BlankNode | Literal | Triple


class Kind(StrEnum):
    """What a case asks of the endpoint."""

    QUERY = "query"
    QUERY_GOOD = "query syntax"
    QUERY_BAD = "bad query syntax"
    UPDATE = "update"
    UPDATE_GOOD = "update syntax"
    UPDATE_BAD = "bad update syntax"


_KINDS = {
    "QueryEvaluationTest": Kind.QUERY,
    "CSVResultFormatTest": Kind.QUERY,
    "PositiveSyntaxTest": Kind.QUERY_GOOD,
    "PositiveSyntaxTest11": Kind.QUERY_GOOD,
    "NegativeSyntaxTest": Kind.QUERY_BAD,
    "NegativeSyntaxTest11": Kind.QUERY_BAD,
    "UpdateEvaluationTest": Kind.UPDATE,
    "PositiveUpdateSyntaxTest11": Kind.UPDATE_GOOD,
    "NegativeUpdateSyntaxTest11": Kind.UPDATE_BAD,
}


@dataclass(frozen=True, slots=True)
class File:
    """A file of the suite and the IRI that it is published at."""

    path: Path
    iri: str


@dataclass(frozen=True, slots=True)
class Data:
    """A dataset: the files of its default graph, and those of its named graphs by name."""

    default: tuple[File, ...] = ()
    named: tuple[tuple[str, File], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test. ``result`` is for queries, ``after`` for updates.

    ``lax`` tells that a solution may come fewer times than in the result.
    """

    iri: str
    kind: Kind
    text: File
    data: Data = Data()
    result: File | None = None
    after: Data = Data()
    lax: bool = False


def suite_folder() -> Path | None:
    """The folder with both suites, or None where KG_W3C_SUITE names none."""
    named = Path(os.environ.get("KG_W3C_SUITE", "nowhere"))
    places = (named, named / "test/data/suites/w3c")
    return next((place for place in places if (place / _ROOTS[-1]).is_file()), None)


def cases(folder: Path) -> list[Case]:
    """All cases, in the order of the manifests, each once."""
    found = {case.iri: case for root in _ROOTS for case in _Manifest(folder, root).cases()}
    return list(found.values())


class _Manifest:
    """One manifest file as a graph to walk."""

    def __init__(self, folder: Path, place: str) -> None:
        self._folder = folder
        suite, _, rest = place.partition("/")
        self._suite = suite
        self._iri = urljoin(_BASES[suite], rest)
        self._objects: defaultdict[tuple[str, str], list[Node]] = defaultdict(list)
        for quad in parse(
            path=folder / place, format=RdfFormat.TURTLE, base_iri=self._iri, lenient=True
        ):
            self._objects[str(quad.subject), quad.predicate.value].append(quad.object)

    def cases(self) -> Iterator[Case]:
        """The cases of this manifest and of those that it includes."""
        this = NamedNode(self._iri)
        for included in self._list(self._one(this, MF + "include")):
            if not any(f"/{name}/" in included.value for name in _LEFT_OUT):
                place = f"{self._suite}/{included.value.removeprefix(_BASES[self._suite])}"
                yield from _Manifest(self._folder, place).cases()
        for entry in self._list(self._one(this, MF + "entries")):
            kind = self._kind(entry)
            if kind is not None and self._is_approved(entry):
                yield self._case(entry, kind)

    def _case(self, entry: NamedNode, kind: Kind) -> Case:
        action, result = self._one(entry, MF + "action"), self._one(entry, MF + "result")
        text = self._one(action, QT + "query") or self._one(action, UT + "request") or action
        is_update = kind is Kind.UPDATE
        return Case(
            iri=entry.value,
            kind=kind,
            text=self._file(text),
            data=self._data(action),
            result=self._file(result) if result is not None and not is_update else None,
            after=self._data(result) if is_update else Data(),
            lax=self._one(entry, MF + "resultCardinality") == NamedNode(MF + "LaxCardinality"),
        )

    def _data(self, node: Node | None) -> Data:
        graphs = self._all(node, QT + "graphData") + self._all(node, UT + "graphData")
        default = self._all(node, QT + "data") + self._all(node, UT + "data")
        return Data(
            default=tuple(self._file(each) for each in default),
            named=tuple(self._named(each) for each in graphs),
        )

    def _named(self, node: Node) -> tuple[str, File]:
        if isinstance(node, NamedNode):
            return node.value, self._file(node)
        label = self._one(node, LABEL)
        graph = self._one(node, UT + "graph") or self._one(node, QT + "graph")
        assert isinstance(label, Literal), f"a graph without a name in {self._iri}"
        return label.value, self._file(graph)

    def _file(self, node: Node | None) -> File:
        assert isinstance(node, NamedNode), f"no file: {node} in {self._iri}"
        place = node.value.removeprefix(_BASES[self._suite])
        return File(self._folder / self._suite / place, node.value)

    def _kind(self, entry: NamedNode) -> Kind | None:
        types = (each for each in self._all(entry, RDF + "type") if isinstance(each, NamedNode))
        names = (each.value.removeprefix(MF) for each in types)
        return next((_KINDS[name] for name in names if name in _KINDS), None)

    def _is_approved(self, entry: NamedNode) -> bool:
        approvals = self._all(entry, DAWGT + "approval")
        return not approvals or NamedNode(DAWGT + "Approved") in approvals

    def _all(self, node: Node | None, predicate: str) -> list[Node]:
        return self._objects.get((str(node), predicate), [])

    def _one(self, node: Node | None, predicate: str) -> Node | None:
        return next(iter(self._all(node, predicate)), None)

    def _list(self, head: Node | None) -> Iterator[NamedNode]:
        while head is not None and head != NamedNode(RDF + "nil"):
            first = self._one(head, RDF + "first")
            assert isinstance(first, NamedNode)
            yield first
            head = self._one(head, RDF + "rest")
