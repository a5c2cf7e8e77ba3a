"""Results of queries, read from what the suite expects and from what the endpoint answers."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from tests.conformance.manifests import File

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"

Term = NamedNode | BlankNode | Literal | Triple
Row = tuple[Term | None, ...]

RDF_TYPES = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/n-quads": RdfFormat.N_QUADS,
    "application/trig": RdfFormat.TRIG,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
}
CSV = "text/csv"
TABLE_TYPES = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "text/tab-separated-values": QueryResultsFormat.TSV,
    CSV: QueryResultsFormat.CSV,
}
_TABLE_SUFFIXES = {
    ".srj": QueryResultsFormat.JSON,
    ".srx": QueryResultsFormat.XML,
    ".tsv": QueryResultsFormat.TSV,
}
_RDF_SUFFIXES = {
    ".ttl": RdfFormat.TURTLE,
    ".n3": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".rdf": RdfFormat.RDF_XML,
}


@dataclass(frozen=True, slots=True)
class Table:
    """Solutions: the variables in alphabetical order, and a row of terms for each solution.

    ``plain`` tells that the terms are strings alone, as CSV has them.
    """

    variables: tuple[str, ...]
    rows: tuple[Row, ...]
    ordered: bool = False
    plain: bool = False

    def as_plain(self) -> Table:
        """The same with nothing but strings and blank nodes, as far as CSV tells them."""
        rows = tuple(tuple(map(_plain, row)) for row in self.rows)
        return Table(self.variables, rows, self.ordered, plain=True)


@dataclass(frozen=True, slots=True)
class Graph:
    """The triples of a graph, or the rows of a dataset."""

    rows: tuple[Row, ...]


Result = Table | Graph | bool


def expected(file: File) -> Result:
    """The result that a file of the suite holds."""
    suffix = file.path.suffix
    if suffix == ".csv":
        return _csv(file.path.read_text(encoding="utf-8"))
    if suffix in _TABLE_SUFFIXES:
        return _table(file.path.read_bytes(), _TABLE_SUFFIXES[suffix])
    triples = triples_of(file)
    return _result_set(triples) if _has_result_set(triples) else Graph(tuple(triples))


def answered(body: bytes, media_type: str) -> Result:
    """The result that the endpoint answered."""
    if media_type in RDF_TYPES:
        return Graph(tuple(_triples(body, RDF_TYPES[media_type])))
    text = body.decode()
    if media_type in {CSV, "text/tab-separated-values"} and text.strip() in {"true", "false"}:
        return text.strip() == "true"
    return _csv(text) if media_type == CSV else _table(body, TABLE_TYPES[media_type])


def triples_of(file: File) -> list[tuple[Term, Term, Term]]:
    """The triples of an RDF file of the suite."""
    return _triples(file.path.read_bytes(), _RDF_SUFFIXES[file.path.suffix], base=file.iri)


def _triples(
    document: bytes, rdf_format: RdfFormat, base: str | None = None
) -> list[tuple[Term, Term, Term]]:
    quads = parse(document, format=rdf_format, base_iri=base)
    # A document may say a triple twice; a graph has it once.
    return list({(quad.subject, quad.predicate, quad.object): None for quad in quads})


def _table(document: bytes, results_format: QueryResultsFormat) -> Table | bool:
    found = parse_query_results(document, format=results_format)
    if isinstance(found, QueryBoolean):
        return bool(found)
    assert isinstance(found, QuerySolutions)
    names = tuple(sorted(variable.value for variable in found.variables))
    return Table(names, tuple(tuple(row[name] for name in names) for row in found))


def _csv(text: str) -> Table:
    head, *lines = csv.reader(io.StringIO(text, newline=""))
    order = sorted(range(len(head)), key=head.__getitem__)
    rows = (line or [""] for line in lines)  # a line of one empty cell is an empty line
    return Table(
        tuple(head[column] for column in order),
        tuple(tuple(_cell(row[column]) for column in order) for row in rows),
        plain=True,
    )


def _cell(text: str) -> Term:
    return BlankNode(text[2:]) if text.startswith("_:") else Literal(text)


def _plain(term: Term | None) -> Term:
    if isinstance(term, BlankNode):
        return term
    text = "" if term is None or isinstance(term, Triple) else term.value
    try:
        return Literal(float(text))  # numbers in any of their lexical forms
    except ValueError:
        return Literal(text)


def _has_result_set(triples: Iterable[tuple[Term, Term, Term]]) -> bool:
    return any(each == NamedNode(RS + "ResultSet") for _, _, each in triples)


def _result_set(triples: Iterable[tuple[Term, Term, Term]]) -> Table | bool:
    """A result in the vocabulary that the older suite writes results in."""
    objects: defaultdict[tuple[Term, str], list[Term]] = defaultdict(list)
    for subject, predicate, value in triples:
        assert isinstance(predicate, NamedNode)
        objects[subject, predicate.value].append(value)
    node = next(s for (s, p), o in objects.items() if NamedNode(RS + "ResultSet") in o)
    boolean = objects.get((node, RS + "boolean"))
    if boolean:
        return _value(boolean[0]) == "true"
    names = tuple(sorted(_value(each) for each in objects[node, RS + "resultVariable"]))
    solutions = objects[node, RS + "solution"]
    ordered = bool(solutions) and all((each, RS + "index") in objects for each in solutions)
    if ordered:
        solutions = sorted(solutions, key=lambda each: int(_value(objects[each, RS + "index"][0])))
    return Table(names, tuple(_row(objects, each, names) for each in solutions), ordered)


def _row(
    objects: dict[tuple[Term, str], list[Term]], solution: Term, names: tuple[str, ...]
) -> Row:
    bindings = {
        _value(objects[binding, RS + "variable"][0]): objects[binding, RS + "value"][0]
        for binding in objects.get((solution, RS + "binding"), ())
    }
    return tuple(bindings.get(name) for name in names)


def _value(term: Term) -> str:
    assert isinstance(term, Literal)
    return term.value
