"""The questions of this field, each at a route of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from flask import Blueprint, Response
from werkzeug.wrappers import Response as Redirect

from kg.documents.choices import Choice, things
from kg.documents.description import Json
from kg.documents.parameters import check, once, whole_number
from kg.errors import ParameterError
from kg.questions.catalogue import (
    COMPARE,
    EXPLANATIONS,
    LONGEST,
    NEIGHBOURHOOD,
    PATH,
    QUESTIONS,
    Question,
    QuestionParameter,
)
from kg.questions.coverage import Coverage
from kg.questions.explaining import Explanations
from kg.questions.rows import ONTOLOGY
from kg.questions.stands import Stands
from kg.rdf.formats import HTML, Format
from kg.rdf.terms import NamedNode
from kg.schema.schema import Schema
from kg.web.entities import stay_or_move
from kg.web.forms import without_empty_fields
from kg.web.neighbourhood import neighbourhood
from kg.web.pages.questions import form_page, question_page
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
            view = partial(about, collection, question)
            bp.add_url_rule(
                f"/{collection}/<path:local_id>/{question.name}",
                endpoint=f"{collection}-{question.name}",
                view_func=(
                    partial(neighbourhood, collection) if question is NEIGHBOURHOOD else view
                ),
            )
    return bp


def about(collection: str, question: Question, local_id: str) -> Response:
    """The answer to a question about one thing."""
    check(arguments(), ("format",))
    known = services().schema.collections[collection]
    node = services().iris.thing(known.segment, local_id)

    def write(chosen: Format) -> Answer:
        stay_or_move(known, node, lookup().types(node))
        body = _ABOUT[question.name](node)
        return Answer(question_page(question, body) if chosen is HTML else to_json(body))

    return answered(question.formats, write)


def compare() -> Response | Redirect:
    """Where two actors have both taken a stand."""
    check(arguments(), ("actor", "format"))
    return _asked(COMPARE, lambda: _compared(arguments()))


def path() -> Response | Redirect:
    """The shortest explanations of how two things hang together."""
    check(arguments(), ("from", "to", "max", "limit", "format"))
    return _asked(PATH, lambda: _linked(arguments()))


def _asked(question: Question, answer: Callable[[], Mapping[str, Json]]) -> Response | Redirect:
    """The answer, or for a browser that has not filled in the form, just the form."""
    tidier = without_empty_fields(question.formats)
    if tidier:
        return tidier
    filled = all(len(arguments().get(each.name, ())) >= each.times for each in question.parameters)

    def write(chosen: Format) -> Answer:
        if chosen is not HTML:
            return Answer(to_json(answer()))
        body = answer() if filled else None
        return Answer(form_page(question, arguments(), _actors(), body))

    return answered(question.formats, write)


def _compared(asked: Mapping[str, list[str]]) -> Mapping[str, Json]:
    actors = [_thing("actor", value) for value in asked.get("actor", ())]
    if len(actors) != len(set(actors)) or len(actors) != len(("first", "second")):
        raise ParameterError("actor: expected two different ids or IRIs.", parameter="actor")
    _check_known(actors)
    return _stands().compare(*actors)


def _linked(asked: Mapping[str, list[str]]) -> Mapping[str, Json]:
    start, end = (_thing(name, once(asked, name) or "") for name in ("from", "to"))
    longest, limit = _count(asked, LONGEST), _count(asked, EXPLANATIONS)
    _check_known((start, end))
    return _explanations().between(start, end, longest=longest, limit=limit)


def _check_known(nodes: Iterable[NamedNode]) -> None:
    """Raises NotFound for a thing of which the graph says nothing."""
    for node in nodes:
        lookup().types(node)


def _actors() -> tuple[Choice, ...]:
    """The actors that a form suggests, as long as they are few."""
    return things(lookup(), presenter(), f"{ONTOLOGY}Actor", segment="id")


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


_ABOUT: Mapping[str, Callable[[NamedNode], Mapping[str, Json]]] = {
    "coverage": lambda node: _coverage().of_article(node),
    "evidence": lambda node: _coverage().of_claim(node),
    "positions": lambda node: _stands().positions(node),
}
