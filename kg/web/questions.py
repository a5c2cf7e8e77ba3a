"""The questions of this field, each at a route of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from flask import Blueprint, Response

from kg.description import Json
from kg.errors import ParameterError
from kg.formats import JSON, Format
from kg.parameters import check, once, whole_number
from kg.questions.catalogue import (
    EXPLANATIONS,
    LONGEST,
    NEIGHBOURHOOD,
    QUESTIONS,
    QuestionParameter,
)
from kg.questions.coverage import Coverage
from kg.questions.explaining import Explanations
from kg.questions.stands import Stands
from kg.schema import Schema
from kg.terms import NamedNode
from kg.web.entities import stay_or_move
from kg.web.neighbourhood import neighbourhood
from kg.web.responses import Answer, answered, arguments, to_json
from kg.web.services import lookup, parameter_reader, presenter, services


def blueprint(schema: Schema) -> Blueprint:
    """The routes of those questions whose class, if they have one, the schema knows."""
    bp = Blueprint("questions", __name__)
    bp.add_url_rule("/compare", view_func=compare)
    bp.add_url_rule("/path", view_func=path)
    for question in QUESTIONS:
        asked_of = [
            each.name
            for each in schema.collections.values()
            if question.is_asked_of(schema, each.class_iri)
        ]
        for collection in asked_of:
            view = partial(about, collection, question.name)
            bp.add_url_rule(
                f"/{collection}/<path:local_id>/{question.name}",
                endpoint=f"{collection}-{question.name}",
                view_func=(
                    partial(neighbourhood, collection) if question is NEIGHBOURHOOD else view
                ),
            )
    return bp


def about(collection: str, question: str, local_id: str) -> Response:
    """The answer to a question about one thing."""
    check(arguments(), ("format",))
    known = services().schema.collections[collection]
    node = services().iris.thing(known.segment, local_id)

    def write(_: Format) -> Answer:
        stay_or_move(known, node, lookup().types(node))
        return Answer(to_json(_ABOUT[question](node)))

    return answered((JSON,), write)


def compare() -> Response:
    """Where two actors have both taken a stand."""
    asked = arguments()
    check(asked, ("actor", "format"))
    actors = [_thing("actor", value) for value in asked.get("actor", ())]
    if len(actors) != len(set(actors)) or len(actors) != len(("first", "second")):
        raise ParameterError("actor: expected two different ids or IRIs.", parameter="actor")
    first, second = actors
    return answered((JSON,), lambda _: _known(actors, lambda: _stands().compare(first, second)))


def path() -> Response:
    """The shortest explanations of how two things hang together."""
    asked = arguments()
    check(asked, ("from", "to", "max", "limit", "format"))
    start, end = (_thing(name, once(asked, name) or "") for name in ("from", "to"))
    longest = _count(asked, LONGEST)
    limit = _count(asked, EXPLANATIONS)
    between = partial(_explanations().between, start, end, longest=longest, limit=limit)
    return answered((JSON,), lambda _: _known((start, end), between))


def _known(nodes: list[NamedNode] | tuple[NamedNode, ...], ask: Callable[[], Json]) -> Answer:
    """The answer, where the graph knows all that it is about. Raises NotFound."""
    for node in nodes:
        lookup().types(node)
    return Answer(to_json(ask()))


def _thing(name: str, value: str) -> NamedNode:
    return parameter_reader().thing(name, value)


def _count(asked: Mapping[str, list[str]], parameter: QuestionParameter) -> int:
    default, most = parameter.default, parameter.most
    assert default is not None, "the catalogue bounds every number"
    assert most is not None, "the catalogue bounds every number"
    return whole_number(asked, parameter.name, default=default, most=most)


def _stands() -> Stands:
    return Stands(lookup=lookup(), presenter=presenter())


def _coverage() -> Coverage:
    return Coverage(lookup=lookup(), presenter=presenter())


def _explanations() -> Explanations:
    return Explanations(lookup=lookup(), presenter=presenter(), schema=services().schema)


_ABOUT: Mapping[str, Callable[[NamedNode], Json]] = {
    "coverage": lambda node: _coverage().of_article(node),
    "evidence": lambda node: _coverage().of_claim(node),
    "positions": lambda node: _stands().positions(node),
}
