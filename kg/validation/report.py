"""What a validation found, for programs, for people and as RDF (SHACL §3.6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from enum import StrEnum

from kg.rdf.namespaces import RDF, SH, XSD, shorten
from kg.rdf.terms import BlankNode, Literal, NamedNode, Quad, Term, Triple

_IRI_IN_PATH = re.compile(r"<([^>]*)>")
_SPARQL_COMPONENT = f"{SH}SPARQLConstraintComponent"


class Severity(StrEnum):
    """How much a result weighs: only a violation makes a graph unfit."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One thing that is wrong with ``node``.

    ``path`` is the property's IRI, or SPARQL where the path is more than one property; ``value``
    the term at fault, where it is not the node itself. ``constraint`` is the IRI of the SPARQL
    constraint or else of the shape; ``component`` the IRI of SHACL's kind of constraint.
    ``messages`` are by language tag, "" for a text without one, IRIs shortened.
    """

    severity: Severity
    node: Term
    path: str | None
    value: Term | None
    constraint: str
    component: str
    messages: Mapping[str, str]

    def message(self, *languages: str) -> str:
        """The message in the first of these languages that has one, else in English, else any."""
        for language in (*languages, "en", ""):
            if language in self.messages:
                return self.messages[language]
        return next(iter(self.messages.values()), shorten(self.constraint))


@dataclass(frozen=True, slots=True)
class PathGraph:
    """A property path of more than one property, as RDF: its head and the triples it stands in."""

    head: Term
    triples: tuple[Triple, ...]


@dataclass(frozen=True)
class Report:
    """All results, gravest first, in an order that is the same on every run.

    ``paths`` holds the RDF of those paths that are no single property, by their SPARQL.
    """

    results: tuple[Result, ...] = ()
    paths: Mapping[str, PathGraph] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, results: Iterable[Result], paths: Mapping[str, PathGraph]) -> Report:
        """A report of results in any order, of which some may have been found twice."""
        kept = {_key(result): result for result in sorted(results, key=_full_key, reverse=True)}
        return cls(tuple(kept[key] for key in sorted(kept)), paths)

    @classmethod
    def united(cls, reports: Iterable[Report]) -> Report:
        """One report of several that were made with the same shapes."""
        results: list[Result] = []
        paths: dict[str, PathGraph] = {}
        for report in reports:
            results += report.results
            paths |= report.paths
        return cls.of(results, paths)

    def without(self, nodes: Set[Term]) -> Report:
        """The report without what it says of these nodes."""
        kept = tuple(result for result in self.results if result.node not in nodes)
        named = {result.path for result in kept}
        return Report(kept, {text: path for text, path in self.paths.items() if text in named})

    @property
    def conforms(self) -> bool:
        """Whether there is no violation; warnings and notices do not count."""
        return not self._of(Severity.VIOLATION)

    @property
    def warnings(self) -> tuple[Result, ...]:
        """What an editor should look at."""
        return self._of(Severity.WARNING)

    def text(self, language: str = "en") -> str:
        """The report as plain text: a line that sums up, then one block for each result."""
        blocks = [self.summary, *(_block(result, language) for result in self.results)]
        return "\n\n".join(blocks)

    @property
    def summary(self) -> str:
        """How many results of each severity there are, in one line."""
        if not self.results:
            return "Conforms."
        counts = ((len(self._of(each)), each.value.lower()) for each in Severity)
        return ", ".join(_counted(*count) for count in counts if count[0]) + "."

    def triples(self) -> Iterator[Triple]:
        """The sh:ValidationReport.

        Its sh:conforms is false for any result, a warning too (SHACL §3.6.1.1), unlike
        ``conforms``. The offenders are the focus nodes, also where one query looked for them all.
        """
        report = BlankNode("report")
        yield _triple(report, f"{RDF}type", NamedNode(f"{SH}ValidationReport"))
        yield _triple(report, f"{SH}conforms", _boolean(truth=not self.results))
        for number, result in enumerate(self.results):
            node = BlankNode(f"result{number}")
            yield _triple(report, f"{SH}result", node)
            yield from self._describe(node, result)
        for path in dict.fromkeys(result.path for result in self.results):
            if path is not None and path in self.paths:
                yield from self.paths[path].triples

    def quads(self) -> Iterator[Quad]:
        """The same triples as quads of the default graph."""
        return (Quad(each.subject, each.predicate, each.object) for each in self.triples())

    def _of(self, severity: Severity) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.severity is severity)

    def _describe(self, node: BlankNode, result: Result) -> Iterator[Triple]:
        source = "Constraint" if result.component == _SPARQL_COMPONENT else "Shape"
        yield _triple(node, f"{RDF}type", NamedNode(f"{SH}ValidationResult"))
        yield _triple(node, f"{SH}focusNode", result.node)
        yield _triple(node, f"{SH}resultSeverity", NamedNode(f"{SH}{result.severity}"))
        yield _triple(node, f"{SH}sourceConstraintComponent", NamedNode(result.component))
        if result.constraint:
            yield _triple(node, f"{SH}source{source}", NamedNode(result.constraint))
        if result.path is not None:
            yield _triple(node, f"{SH}resultPath", self._path(result.path))
        if result.value is not None:
            yield _triple(node, f"{SH}value", result.value)
        for language, text in result.messages.items():
            yield _triple(node, f"{SH}resultMessage", Literal(text, language=language or None))

    def _path(self, path: str) -> Term:
        known = self.paths.get(path)
        return known.head if known else NamedNode(path)


def _key(result: Result) -> tuple[int, str, str, str, str, str]:
    """Sorts results, gravest first; equal where two shapes found the same."""
    return (
        list(Severity).index(result.severity),
        result.constraint,
        str(result.node),
        result.path or "",
        str(result.value or ""),
        result.message(),
    )


def _full_key(result: Result) -> tuple[object, ...]:
    """Tells apart what is equal by ``_key``, so that always the same one of them is kept."""
    return (*_key(result), result.component, sorted(result.messages.items()))


def _block(result: Result, language: str) -> str:
    lines = [f"{result.severity.value}: {result.message(language)}"]
    lines.append(f"  node        {_shown(result.node)}")
    if result.path is not None:
        lines.append(f"  path        {_shown_path(result.path)}")
    if result.value is not None:
        lines.append(f"  value       {_shown(result.value)}")
    if result.constraint:
        lines.append(f"  constraint  {shorten(result.constraint)}")
    return "\n".join(lines)


def _shown(term: Term) -> str:
    if isinstance(term, NamedNode):
        return shorten(term.value)
    if isinstance(term, Literal) and not term.language:
        datatype = shorten(term.datatype.value)
        return f'"{term.value}"' + ("" if datatype == "xsd:string" else f"^^{datatype}")
    return str(term)


def _shown_path(path: str) -> str:
    return _IRI_IN_PATH.sub(lambda found: shorten(found[1]), shorten(path))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 or noun == "info" else "s")


def _boolean(*, truth: bool) -> Literal:
    return Literal("true" if truth else "false", datatype=NamedNode(f"{XSD}boolean"))


def _triple(subject: BlankNode, predicate: str, value: Term) -> Triple:
    return Triple(subject, NamedNode(predicate), value)
