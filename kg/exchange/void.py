"""The dataset described for machines that look for data: VoID and DCAT."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.exchange.dumping import file_names
from kg.finding.contents import Contents
from kg.rdf.formats import JSON_LD, N_QUADS, TRIG, TURTLE, Format
from kg.rdf.namespaces import DCTERMS, RDF, VOID, XSD
from kg.rdf.terms import DefaultGraph, Literal, NamedNode, Quad, Term
from kg.store.base import VersionInfo

_DCAT = "http://www.w3.org/ns/dcat#"
_FOAF_PAGE = "http://xmlns.com/foaf/0.1/homepage"
_TYPE = NamedNode(f"{RDF}type")
_FILES: tuple[Format, ...] = (N_QUADS, TRIG, JSON_LD)

_Statement = tuple[NamedNode, NamedNode, Term]


def void(version: VersionInfo, contents: Contents, root: str, *, namespace: str) -> list[Quad]:
    """What is in a version, by VoID: how many triples, of which classes and properties.

    ``root`` is the URL that the service answers at, without a slash at its end.
    """
    statements = _void(version, contents, root, namespace)
    return [Quad(*each, DefaultGraph()) for each in statements]


def catalog(version: VersionInfo, root: str) -> list[Quad]:
    """Where a version can be had and in which formats, by DCAT 3."""
    return [Quad(*each, DefaultGraph()) for each in _catalog(version, root)]


def _void(
    version: VersionInfo, contents: Contents, root: str, namespace: str
) -> Iterator[_Statement]:
    dataset = NamedNode(f"{root}/void#dataset")
    yield dataset, _TYPE, _void_term("Dataset")
    yield dataset, NamedNode(f"{DCTERMS}title"), Literal("Editorial KG", language="en")
    yield dataset, NamedNode(_FOAF_PAGE), NamedNode(f"{root}/")
    yield dataset, NamedNode(f"{DCTERMS}modified"), _date_time(version)
    yield dataset, _void_term("sparqlEndpoint"), NamedNode(f"{root}/sparql")
    yield dataset, _void_term("uriSpace"), Literal(f"{namespace}id/")
    yield dataset, _void_term("triples"), _integer(version.triples)
    yield dataset, _void_term("dataDump"), NamedNode(f"{root}/dumps/latest/dataset.nq.gz")
    yield dataset, _void_term("distinctSubjects"), _integer(contents.subjects)
    yield dataset, _void_term("classes"), _integer(len(contents.classes))
    yield dataset, _void_term("properties"), _integer(len(contents.properties))
    yield from _partitions(dataset, contents.classes, "class", "entities")
    yield from _partitions(dataset, contents.properties, "property", "triples")
    for graph, name in file_names(version.graphs).items():
        part = NamedNode(f"{root}/void#graph-{name}")
        yield dataset, _void_term("subset"), part
        yield part, _TYPE, _void_term("Dataset")
        yield part, NamedNode(f"{DCTERMS}title"), Literal(name)
        yield part, _void_term("triples"), _integer(version.graphs[graph].triples)


def _partitions(
    dataset: NamedNode, counted: Mapping[str, int], kind: str, unit: str
) -> Iterator[_Statement]:
    for number, (iri, count) in enumerate(counted.items(), start=1):
        part = NamedNode(f"{dataset.value}-{kind}-{number}")
        yield dataset, _void_term(f"{kind}Partition"), part
        yield part, _void_term(kind), NamedNode(iri)
        yield part, _void_term(unit), _integer(count)


def _catalog(version: VersionInfo, root: str) -> Iterator[_Statement]:
    title = NamedNode(f"{DCTERMS}title")
    whole, dataset = NamedNode(f"{root}/catalog#catalog"), NamedNode(f"{root}/catalog#dataset")
    files = f"{root}/dumps/{version.number}"
    yield whole, _TYPE, _dcat("Catalog")
    yield whole, title, Literal("Editorial KG", language="en")
    yield whole, _dcat("dataset"), dataset
    yield whole, _dcat("service"), NamedNode(f"{root}/sparql")
    yield NamedNode(f"{root}/sparql"), _TYPE, _dcat("DataService")
    yield NamedNode(f"{root}/sparql"), _dcat("endpointURL"), NamedNode(f"{root}/sparql")
    yield NamedNode(f"{root}/sparql"), _dcat("servesDataset"), dataset
    yield dataset, _TYPE, _dcat("Dataset")
    yield dataset, title, Literal("Editorial KG", language="en")
    yield dataset, _dcat("version"), Literal(str(version.number))
    yield dataset, NamedNode(f"{DCTERMS}modified"), _date_time(version)
    names = [(f"dataset.{each.suffix}", each) for each in _FILES]
    names += [(f"graphs/{name}.ttl", TURTLE) for name in file_names(version.graphs).values()]
    for name, rdf_format in names:
        for suffix in ("", ".gz"):
            yield from _distribution(dataset, f"{files}/{name}{suffix}", rdf_format)


def _distribution(dataset: NamedNode, url: str, rdf_format: Format) -> Iterator[_Statement]:
    file = NamedNode(url)
    media_types = "https://www.iana.org/assignments/media-types/"
    yield dataset, _dcat("distribution"), file
    yield file, _TYPE, _dcat("Distribution")
    yield file, _dcat("downloadURL"), file
    yield file, _dcat("mediaType"), NamedNode(media_types + rdf_format.media_type)
    if url.endswith(".gz"):
        yield file, _dcat("compressFormat"), NamedNode(f"{media_types}application/gzip")


def _date_time(version: VersionInfo) -> Literal:
    return Literal(version.time.isoformat(), datatype=NamedNode(f"{XSD}dateTime"))


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=NamedNode(f"{XSD}integer"))


def _void_term(name: str) -> NamedNode:
    return NamedNode(VOID + name)


def _dcat(name: str) -> NamedNode:
    return NamedNode(_DCAT + name)
