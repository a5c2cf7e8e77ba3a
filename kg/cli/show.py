"""``kg show``: one thing, with all that points to it."""

from __future__ import annotations

import json
from contextlib import suppress

import click

from kg.cli.entity import EntityText
from kg.cli.options import settings_options
from kg.cli.stores import opened_store
from kg.cli.terminal import printable
from kg.documents.description import Presenter
from kg.documents.lookup import Description, Lookup
from kg.errors import InputError, NotFound
from kg.rdf.formats import ENTITY_FORMATS, JSON, by_name
from kg.rdf.iris import Iris
from kg.rdf.parsing import serialize
from kg.rdf.terms import NamedNode
from kg.schema.schema import Schema
from kg.settings import Settings
from kg.sources import read_vocabulary


@click.command()
@click.argument("thing", metavar="ID")
@click.option(
    "--format",
    "form",
    default="text",
    show_default=True,
    metavar="NAME",
    help="text, or json, jsonld, turtle, ntriples, rdfxml, nquads, trig as over HTTP.",
)
@click.option("--lang", type=click.Choice(["en", "ja"]), default="en", help="Language of labels.")
@settings_options("store", "ontology", "shapes")
def show(settings: Settings, *, thing: str, form: str, lang: str) -> None:
    """Show one thing, with all that points to it.

    ID is what the thing's IRI ends in, or the whole IRI.

    \b
      kg show putin
      kg show alaska-summit-2025 --lang ja
      kg show yomiuri-2025-08-17/p6s1 --format turtle
    """
    schema, iris = read_vocabulary(settings).schema, Iris(settings.namespace)
    lookup = Lookup(opened_store(settings).snapshot(), schema)
    description = _find(lookup, schema, iris, thing)
    presenter = Presenter(schema=schema, iris=iris, languages=(lang,))
    body = presenter.entity(description, description.subjects[0])
    chosen = None if form == "text" else by_name(form, ENTITY_FORMATS)
    if chosen is None:
        click.echo(printable("\n".join(EntityText(schema, lang).lines(body))))
    elif chosen is JSON:
        click.echo(json.dumps(body, ensure_ascii=False, indent=2))
    else:
        click.echo(serialize(description.quads, chosen), nl=False)


def _find(lookup: Lookup, schema: Schema, iris: Iris, name: str) -> Description:
    """The description of what ``name`` means: an IRI, or an id in the first segment that has it."""
    if ":" in name:
        return lookup.describe(_iri(name))
    segments = dict.fromkeys(["id", *(each.segment for each in schema.collections.values())])
    for segment in segments:
        with suppress(NotFound):
            return lookup.describe(iris.thing(segment, name))
    raise NotFound(f"The graph knows nothing called {name!r}; kg query finds things by label.")


def _iri(text: str) -> NamedNode:
    try:
        return NamedNode(text)
    except ValueError as error:
        raise InputError(f"{text!r} is no IRI: {error}.") from error
