"""What a thing is linked to: nodes and edges for programs, a picture and a table for people."""

from __future__ import annotations

from functools import partial

from flask import Response

from kg.documents.parameters import check
from kg.pictures.neighbourhood import Neighbourhoods
from kg.questions.catalogue import NEIGHBOURHOOD
from kg.rdf.formats import HTML, Format
from kg.rdf.terms import NamedNode
from kg.schema.schema import Collection
from kg.web.entities import stay_or_move
from kg.web.pages.neighbourhood import neighbourhood_page
from kg.web.responses import Answer, answered, arguments, to_json
from kg.web.services import lookup, presenter, services


def neighbourhood(collection: str, local_id: str) -> Response:
    """The things around a thing, and the facts and claims that link them."""
    check(arguments(), ("format",))
    known = services().schema.collections[collection]
    node = services().iris.thing(known.segment, local_id)
    return answered(NEIGHBOURHOOD.formats, partial(_write, known, node))


def _write(collection: Collection, node: NamedNode, chosen: Format) -> Answer:
    found = Neighbourhoods(lookup=lookup(), presenter=presenter(), schema=services().schema)
    description = found.describe(node, collection.class_iri)
    stay_or_move(collection, node, description.types(node))
    body = found.of_thing(node, description)
    return Answer(neighbourhood_page(body) if chosen is HTML else to_json(body))
