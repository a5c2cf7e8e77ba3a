"""The first article's graph, loaded for tests as the program loads it: one named graph per file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    serialize,
)
from rdflib import Graph

ROOT = Path(__file__).resolve().parents[1]
BASE = "https://w3id.org/editorial-kg/"
EKG = f"{BASE}ontology#"
ID = f"{BASE}id/"
CONCEPT = f"{BASE}concept/"
ARTICLE = f"{ID}yomiuri-2025-08-17"
DCTERMS = "http://purl.org/dc/terms/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SCHEMA = "https://schema.org/"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"

ONTOLOGY_FILES = sorted((ROOT / "ontology").glob("*.ttl"))
CONCEPT_FILES = sorted((ROOT / "ontology" / "concepts").glob("*.ttl"))
ARTICLE_FILES = [ROOT / "articles" / f"{name}.ttl" for name in ("entities", "yomiuri-2025-08-17")]

# The types that follow from the class hierarchy, put where the type they follow from stands.
SUPERCLASSES = f"""
PREFIX rdfs: <{RDFS}>
INSERT {{ GRAPH ?graph {{ ?thing a ?super }} }}
WHERE {{
  GRAPH ?graph {{ ?thing a ?class }}
  GRAPH <{BASE}graph/ontology> {{ ?class rdfs:subClassOf+ ?super }}
  FILTER(STRSTARTS(STR(?super), "{EKG}"))
}}
"""


def ekg(name: str) -> NamedNode:
    """The term of our ontology with this local name."""
    return NamedNode(f"{EKG}{name}")


def quads_of(path: Path) -> Iterator[Quad]:
    """The quads of a Turtle file, in the graph that its folder and name stand for."""
    names = {"ontology": "ontology", "concepts": "concepts"}
    graph = NamedNode(f"{BASE}graph/{names.get(path.parent.name, path.stem)}")
    for quad in parse(path.read_bytes(), RdfFormat.TURTLE):
        yield Quad(quad.subject, quad.predicate, quad.object, graph)


@cache
def source() -> Store:
    """Ontology, concepts, shared entities and the article, as written. Read only."""
    store = Store()
    for path in [*ONTOLOGY_FILES, *CONCEPT_FILES, *ARTICLE_FILES]:
        store.extend(quads_of(path))
    return store


@cache
def knowledge() -> Store:
    """The same with superclass types, ready to be asked. Read only."""
    store = Store()
    store.extend(source())
    store.update(SUPERCLASSES)
    return store


@cache
def knowledge_in_rdflib() -> Graph:
    """The same in rdflib, all graphs merged into one. Read only."""
    triples = serialize((quad.triple for quad in knowledge()), format=RdfFormat.N_TRIPLES)
    assert triples is not None  # bytes are returned where no output is given
    return Graph().parse(data=triples, format="nt")


def ask(query: str) -> list[dict[str, str]]:
    """The rows of a SELECT over the union of all graphs: variable to lexical value."""
    solutions = knowledge().query(_prefixed(query), use_default_graph_as_union=True)
    assert isinstance(solutions, QuerySolutions)
    names = solutions.variables
    return [
        {name.value: _value(row[name]) for name in names if row[name] is not None}
        for row in solutions
    ]


def column(query: str) -> list[str]:
    """The values of a query's only variable."""
    return [value for row in ask(query) for value in row.values()]


def _prefixed(query: str) -> str:
    prefixes = {
        "c": CONCEPT,
        "dcterms": DCTERMS,
        "ekg": EKG,
        "id": ID,
        "owl": OWL,
        "rdf": RDF,
        "rdfs": RDFS,
        "schema": SCHEMA,
        "skos": SKOS,
    }
    return "\n".join(f"PREFIX {name}: <{iri}>" for name, iri in prefixes.items()) + query


def _value(term: object) -> str:
    assert isinstance(term, NamedNode | Literal)
    return term.value
