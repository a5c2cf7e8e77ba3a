"""An article sentence by sentence: by number and position, never by its text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from kg.documents.description import Json
from kg.questions.catalogue import COVERAGE
from kg.questions.coverage import Coverage
from kg.rdf.terms import NamedNode
from kg.web.pages.items import Thing
from kg.web.services import lookup, presenter, services


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """An item that rests on a sentence, and how it is put forward."""

    thing: Thing
    status: Thing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence with the items that rest on it; ``anchor`` names its place in the page."""

    thing: Thing
    anchor: str
    items: Sequence[Resting]

    @property
    def length(self) -> int:
        """How many characters it has."""
        return int(str(self.thing["charEnd"])) - int(str(self.thing["charStart"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The sentences of an article by paragraph, and the figures of its coverage."""

    coverage: Mapping[str, Json]
    paragraphs: Mapping[int, Sequence[Sentence]]
    count: int
    cited: int
    uncited: Sequence[Thing]


def reading_of(article: NamedNode, types: Iterable[str]) -> Reading | None:
    """The reading of an article, by two queries; None for what is none."""
    schema = services().schema
    if not any(COVERAGE.is_asked_of(schema, each) for each in types):
        return None
    return reading(Coverage(lookup=lookup(), presenter=presenter()).of_article(article))


def reading(coverage: Mapping[str, Json]) -> Reading:
    """What ``Coverage.of_article`` found, in the order of the article."""
    sentences = cast("Mapping[str, Json]", coverage["sentences"])
    cited = cast("Sequence[Mapping[str, Json]]", sentences["cited"])
    uncited = cast("Sequence[Thing]", sentences["uncited"])
    status_of = _statuses(coverage)
    found = [_sentence(each["thing"], each["things"], status_of) for each in cited]
    found += [_sentence(each, (), status_of) for each in uncited]
    found.sort(key=lambda each: int(str(each.thing["charStart"])))
    paragraphs: dict[int, list[Sentence]] = {}
    for each in found:
        paragraphs.setdefault(int(str(each.thing["paragraph"])), []).append(each)
    return Reading(
        coverage=coverage,
        paragraphs=paragraphs,
        count=len(found),
        cited=len(cited),
        uncited=uncited,
    )


def _sentence(thing: Json, items: Json, status_of: Mapping[str, Thing]) -> Sentence:
    shown = cast("Thing", thing)
    resting = [
        Resting(thing=each, status=status_of.get(str(each["iri"])))
        for each in cast("Sequence[Thing]", items)
    ]
    return Sentence(thing=shown, anchor=str(shown["id"]).rpartition("/")[2], items=resting)


def _statuses(coverage: Mapping[str, Json]) -> dict[str, Thing]:
    """The status of each item, by the item's IRI."""
    groups = cast("Sequence[Mapping[str, Json]]", coverage["byStatus"])
    return {
        str(each["iri"]): cast("Thing", group["concept"])
        for group in groups
        for each in cast("Sequence[Thing]", group["things"])
    }
