"""``kg export``: the graph as one RDF document."""

from __future__ import annotations

import click

from kg.cli.options import settings_options
from kg.cli.stores import opened_store
from kg.cli.terminal import write_output
from kg.exchange.exporting import export as export_document
from kg.exchange.exporting import graph_name
from kg.rdf.formats import RDF_FORMATS, by_name
from kg.rdf.iris import Iris
from kg.settings import Settings


@click.command()
@click.option(
    "--format",
    "form",
    default="nq",
    show_default=True,
    metavar="NAME",
    help="nq, trig, ttl, nt, jsonld or rdfxml. ttl, nt and rdfxml have no graph names.",
)
@click.option("--graph", metavar="NAME", help="Only this graph: entities, for example, or an IRI.")
@click.option(
    "--output",
    "-o",
    default="-",
    metavar="FILE",
    help="Write to a file, whole or not at all; - is stdout.",
)
@settings_options("store")
def export(settings: Settings, *, form: str, graph: str | None, output: str) -> None:
    """Write the graph as one RDF document.

    Equal content is written alike on every run. N-Quads and N-Triples are canonical: sorted, blank
    nodes named by RDFC-1.0.

    \b
      kg export | sha256sum
      kg export --format ttl --graph entities -o entities.ttl
    """
    chosen = by_name(form, RDF_FORMATS)
    name = graph_name(graph, Iris(settings.namespace)) if graph else None
    snapshot = opened_store(settings).snapshot()
    write_output(export_document(snapshot, chosen, graph=name), output)
