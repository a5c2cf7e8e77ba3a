"""``kg query``: ask the graph by SPARQL."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace

import click

from kg.cli.options import settings_options
from kg.cli.stores import opened_store
from kg.cli.terminal import complain, on_terminal, print_table
from kg.endpoint.querying import Answer, Querying
from kg.rdf.formats import (
    RDF_FORMATS,
    RESULTS_FORMATS,
    RESULTS_JSON,
    RESULTS_TSV,
    TURTLE,
    Format,
    by_name,
)
from kg.rdf.namespaces import shorten
from kg.settings import Settings
from kg.sparql.forms import Form
from kg.store.base import QueryRequest

_GRAPH_FORMS = (Form.CONSTRUCT, Form.DESCRIBE)


@click.command()
@click.argument("text", metavar="QUERY")
@click.option(
    "--format",
    "form",
    metavar="NAME",
    help="table, json, csv, tsv or xml; of CONSTRUCT and DESCRIBE turtle, ntriples, nquads, trig,"
    " rdfxml or jsonld.  [default: table on a terminal, tsv in a pipe; turtle]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="End the query after this long.  [KG_QUERY_TIMEOUT; default 10]",
)
@settings_options("store", "union_default_graph")
def query(settings: Settings, *, text: str, form: str | None, timeout: float | None) -> None:
    """Ask the graph by SPARQL.

    QUERY may be - to read it from stdin. A query that names no graph reads all of them together.
    SERVICE is refused unless KG_FEDERATION_ALLOW allows the service.

    \b
      kg query 'SELECT ?who WHERE { ?who a <https://w3id.org/editorial-kg/ontology#Person> }'
      kg query - --format csv < queries/19-demands.rq > demands.csv
      kg query 'DESCRIBE <https://w3id.org/editorial-kg/id/putin>'
    """
    asked = sys.stdin.read() if text == "-" else text
    snapshot = opened_store(settings).snapshot()
    if not snapshot.info.graphs:
        complain(f"note: the store {settings.store} is empty; kg build fills it.")
    with closing(Querying(replace(settings, query_processes=1))) as querying:
        chosen = _format(querying.form(asked), form)
        request = QueryRequest(
            text=asked,
            media_type=(chosen or RESULTS_JSON).media_type,
            timeout=timeout or settings.query_timeout,
            union_default_graph=settings.union_default_graph,
        )
        _print(querying.answer(snapshot, request), as_table=chosen is None)


def _format(form: Form | None, name: str | None) -> Format | None:
    """The format to answer in; None for a table."""
    if form in _GRAPH_FORMS:
        return by_name(name, RDF_FORMATS) if name else TURTLE
    if name == "table" or (name is None and on_terminal()):
        return None
    return by_name(name, RESULTS_FORMATS) if name else RESULTS_TSV


def _print(answer: Answer, *, as_table: bool) -> None:
    if not as_table:
        for part in answer:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
        return
    results = json.loads(b"".join(answer))
    if "boolean" in results:
        click.echo("yes" if results["boolean"] else "no")
        return
    names = results["head"]["vars"]
    rows = results["results"]["bindings"]
    print_table(names, ([_cell(row.get(name)) for name in names] for row in rows))
    click.echo(f"{len(rows)} rows")


def _cell(term: Mapping[str, str] | None) -> str:
    if term is None:
        return ""
    if term["type"] == "uri":
        return shorten(term["value"])
    language = term.get("xml:lang")
    return f"{term['value']} @{language}" if language else term["value"]
