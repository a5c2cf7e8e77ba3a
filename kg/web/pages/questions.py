"""The pages of the questions, from the same JSON that programs get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.documents.choices import Choice
from kg.documents.description import Json
from kg.questions.catalogue import Question
from kg.schema.schema import Member, Schema
from kg.web.pages.layout import rendered
from kg.web.services import services


def question_page(question: Question, body: Mapping[str, Json]) -> bytes:
    """The answer to a question about one thing, from its JSON form."""
    return rendered(f"{question.name}.html", body=body, question=question)


def form_page(
    question: Question,
    asked: Mapping[str, Sequence[str]],
    offered: Sequence[Choice],
    body: Mapping[str, Json] | None,
) -> bytes:
    """A question about two things as a form, with the answer where there is a ``body``.

    ``asked`` are the query's parameters, ``offered`` the things that the browser suggests.
    """
    return rendered(
        f"{question.name}.html",
        body=body,
        question=question,
        asked=asked,
        offered=offered,
        members=_members(services().schema),
    )


def _members(schema: Schema) -> dict[str, Member]:
    """The members by which things are linked, by name."""
    known = (each for found in schema.own_members.values() for each in found if not each.view)
    return {each.name: each for each in known}
