"""Where the results of a validation come from: constraint, message by language, and path."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.index import Index
from kg.namespaces import SH, shorten
from kg.paths import read_path
from kg.report import PathGraph
from kg.terms import BlankNode, Literal, NamedNode, Quad, Term, Triple

_VARIABLE = re.compile(r"\{[?$]\w+\}")


class Origins:
    """Names what results point to, in the shapes that they come from."""

    def __init__(self, shapes: tuple[Quad, ...]) -> None:
        self._owners = {
            quad.object: quad.subject for quad in shapes if isinstance(quad.object, BlankNode)
        }
        self._templates: dict[str, list[Template]] = defaultdict(list)
        for quad in shapes:
            if quad.predicate.value == f"{SH}message" and isinstance(quad.object, Literal):
                template = Template(quad.object.language or "", quad.object.value)
                self._templates[self._named(quad.subject)].append(template)
        index = Index(shapes)
        heads = {
            quad.object
            for quad in shapes
            if quad.predicate.value == f"{SH}path" and isinstance(quad.object, BlankNode)
        }
        self._sparql = {head: read_path(index, head).sparql for head in heads}
        self.paths = {
            sparql: PathGraph(head, tuple(_below(head, shapes)))
            for head, sparql in self._sparql.items()
        }

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

    def messages(self, constraint: str, found: Iterable[Term]) -> dict[str, str]:
        """The messages by language, "" for one that no template of the constraint explains."""
        messages: dict[str, str] = {}
        for literal in found:
            assert isinstance(literal, Literal), "sh:resultMessage is text"
            language, text = literal.language or "", literal.value
            for template in () if language else self._templates.get(constraint, ()):
                reread = template.reread(literal.value)
                if reread is not None:
                    language, text = template.language, reread
            messages[language] = text
        return dict(sorted(messages.items()))

    def _named(self, node: Term) -> str:
        """The IRI of a node, or of the nearest one above a blank node; "" where there is none."""
        above: Term | None = node
        seen: set[Term] = set()
        while isinstance(above, BlankNode) and above not in seen:
            seen.add(above)
            above = self._owners.get(above)
        return above.value if isinstance(above, NamedNode) else ""


def _below(head: Term, quads: tuple[Quad, ...]) -> Iterator[Triple]:
    """The triples of a blank node and of the blank nodes that hang from it."""
    for quad in quads:
        if quad.subject == head:
            yield quad.triple
            if isinstance(quad.object, BlankNode):
                yield from _below(quad.object, quads)


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
