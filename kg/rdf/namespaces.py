"""The namespaces of the field and our own, and the prefixes they are shown with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

BASE = "https://w3id.org/editorial-kg/"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
SCHEMA = "https://schema.org/"
FOAF = "http://xmlns.com/foaf/0.1/"
PROV = "http://www.w3.org/ns/prov#"
ORG = "http://www.w3.org/ns/org#"
SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
FORMATS = "http://www.w3.org/ns/formats/"
WIKIDATA = "http://www.wikidata.org/entity/"

API = f"{BASE}api#"

VANN_NAMESPACE = "http://purl.org/vocab/vann/preferredNamespaceUri"

PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "ekg": f"{BASE}ontology#",
        "ekgs": f"{BASE}shapes#",
        "api": API,
        "id": f"{BASE}id/",
        "c": f"{BASE}concept/",
        "scheme": f"{BASE}scheme/",
        "graph": f"{BASE}graph/",
        "rdf": RDF,
        "rdfs": RDFS,
        "owl": OWL,
        "xsd": XSD,
        "sh": SH,
        "skos": SKOS,
        "dcterms": DCTERMS,
        "schema": SCHEMA,
        "foaf": FOAF,
        "prov": PROV,
        "org": ORG,
        "sd": SD,
        "void": VOID,
        "wd": WIKIDATA,
    }
)


def shorten(iri: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """The prefixed name of ``iri`` by the longest namespace that fits, else the IRI itself."""
    fitting = [(ns, prefix) for prefix, ns in prefixes.items() if iri.startswith(ns) and iri != ns]
    if not fitting:
        return iri
    namespace, prefix = max(fitting, key=lambda pair: len(pair[0]))
    return f"{prefix}:{iri[len(namespace) :]}"
