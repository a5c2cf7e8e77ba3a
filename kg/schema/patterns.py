"""Members and terms as SPARQL: the only way in which schema and values become query text."""

from __future__ import annotations

from collections.abc import Iterable

from kg.rdf.namespaces import RDF, RDFS, SKOS
from kg.rdf.terms import Literal, NamedNode
from kg.schema.schema import Member, Schema

TYPE = f"{RDF}type"
LABELS = (f"{RDFS}label", f"{SKOS}prefLabel")
NAMES = (*LABELS, f"{SKOS}altLabel")


def prologue(schema: Schema) -> str:
    """The PREFIX lines of every prefix that the schema declares."""
    return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in schema.prefixes.items())


def listed(terms: Iterable[NamedNode | Literal]) -> str:
    """Terms for a VALUES block, in the engine's own spelling, which no value can break out of."""
    return " ".join(str(term) for term in terms)


def iris(values: Iterable[str], *, between: str = " ") -> str:
    """The same for IRIs of the schema, for IN with a comma between them."""
    return between.join(str(NamedNode(value)) for value in values)


def alternatives(values: Iterable[str]) -> str:
    """A path by any one of these properties; by one that nothing has where there is none."""
    names = [str(NamedNode(value)) for value in values] or [f"<{RDF}nil>"]
    return f"({'|'.join(names)})"


def from_thing(member: Member) -> str:
    """The group pattern that leads from ?this to ?value by a member.

    ?g is the graph of the triple, where one triple is all the way.
    """
    return f"{_way(member)} ." + "".join(f" ?value a <{iri}> ." for iri in member.classes)


def _way(member: Member) -> str:
    if member.path is None:
        assert member.pattern is not None, "the schema reader sees to it"
        return member.pattern.rstrip().removesuffix(".")
    if member.path.inverse:
        return f"GRAPH ?g {{ ?value <{member.path.inverse}> ?this }}"
    return f"?this {member.path.sparql} ?value"
