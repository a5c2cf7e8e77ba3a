"""Where the results of a validation come from: constraint, message by language, and path."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.rdf.namespaces import SH, shorten
from kg.rdf.terms import BlankNode, Literal, NamedNode, Quad, Term, Triple
from kg.schema.index import Index
from kg.schema.paths import read_path
from kg.validation.report import PathGraph

_VARIABLE = re.compile(r"\{[?$]\w+\}")


class Origins:
    """Names what results point to, in the shapes that they come from."""

    def __init__(self, shapes: Sequence[Quad]) -> None:
        """Raises ShapesError where a property path is none."""
        self._owners = {
            quad.object: quad.subject for quad in shapes if isinstance(quad.object, BlankNode)
        }
        self._templates: dict[str, list[Template]] = defaultdict(list)
        for quad in shapes:
            if quad.predicate.value == f"{SH}message" and isinstance(quad.object, Literal):
                template = Template(quad.object.language or "", quad.object.value)
                self._templates[self._named(quad.subject)].append(template)
        index = Index(shapes)
        heads = [quad.object for quad in shapes if quad.predicate.value == f"{SH}path"]
        self._sparql: dict[Term, str] = {
            head: read_path(index, head).sparql for head in heads if isinstance(head, BlankNode)
        }
        self._path_graphs = _path_graphs(self._sparql, shapes)

    def constraint(self, found: Mapping[str, list[Term]]) -> str:
        """The IRI of a result's constraint, else of its shape or of what that is a part of."""
        constraint = next(iter(found.get("sourceConstraint", ())), None)
        if isinstance(constraint, NamedNode):
            return constraint.value
        return self._named(found["sourceShape"][0])

    def path(self, head: Term | None) -> str | None:
        """A result's path: one property's IRI, or else SPARQL."""
        if isinstance(head, NamedNode):
            return head.value
        return self._sparql.get(head) if isinstance(head, BlankNode) else None

    def path_graphs(self, paths: Iterable[str | None]) -> dict[str, PathGraph]:
        """The RDF of those paths that are no single property."""
        known = self._path_graphs
        return {path: known[path] for path in paths if path is not None and path in known}

    def messages(self, constraint: str, found: Iterable[Term]) -> dict[str, str]:
        """The messages by language, "" for one that no template of the constraint explains."""
        messages = dict(
            self._reread(constraint, literal) for literal in found if isinstance(literal, Literal)
        )
        return dict(sorted(messages.items()))

    def _reread(self, constraint: str, message: Literal) -> tuple[str, str]:
        if message.language:
            return message.language, message.value
        for template in self._templates.get(constraint, ()):
            text = template.reread(message.value)
            if text is not None:
                return template.language, text
        return "", message.value

    def _named(self, node: Term) -> str:
        """The IRI of a node, or of the nearest one above a blank node; "" where there is none."""
        above: Term | None = node
        seen: set[Term] = set()
        while isinstance(above, BlankNode) and above not in seen:
            seen.add(above)
            above = self._owners.get(above)
        return above.value if isinstance(above, NamedNode) else ""


def _path_graphs(sparql: Mapping[Term, str], shapes: Iterable[Quad]) -> dict[str, PathGraph]:
    triples: dict[Term, list[Triple]] = defaultdict(list)
    for quad in shapes:
        triples[quad.subject].append(quad.triple)
    found = {}
    for head, text in sparql.items():
        nodes = [head]
        for node in nodes:  # grows while it is walked, down to the last blank node
            below = (triple.object for triple in triples.get(node, ()))
            nodes += [each for each in below if isinstance(each, BlankNode) and each not in nodes]
        found[text] = PathGraph(head, tuple(each for node in nodes for each in triples[node]))
    return found


@dataclass(frozen=True, slots=True)
class Template:
    """A message as the shapes have it, {?variables} in it (SHACL §5.3.2), in one language or ""."""

    language: str
    text: str

    def reread(self, filled: str) -> str | None:
        """``filled`` with the IRIs in it shortened, or None where it is not of this template.

        A filled-in message carries neither its language nor which of its words were variables;
        the template that fits it tells both.
        """
        fixed = _VARIABLE.split(self.text)
        found = re.fullmatch("(.*?)".join(map(re.escape, fixed)), filled, re.DOTALL)
        if found is None:
            return None
        values = [shorten(value) for value in found.groups()]
        return "".join(word for pair in zip(fixed, [*values, ""], strict=True) for word in pair)
