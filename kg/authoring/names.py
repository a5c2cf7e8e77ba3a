"""Things that the source files know by name, and which of them a sentence names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.rdf.iris import Iris
from kg.rdf.namespaces import PREFIXES, RDF, RDFS, SKOS
from kg.rdf.terms import Literal, NamedNode, Quad, Term
from kg.search.text import Word, located_words, words

_LABEL, _ALTERNATIVE = f"{RDFS}label", f"{SKOS}altLabel"
_PERSON, _ARTICLE = f"{PREFIXES['ekg']}Person", f"{PREFIXES['ekg']}Article"
_BETWEEN_NAMES = re.compile(r"[\s・=]+")  # given name and family name


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What articles share: its id, the IRIs of its classes, its names, labels first."""

    id: str
    classes: frozenset[str]
    names: tuple[str, ...]

    @property
    def spoken(self) -> tuple[str, ...]:
        """The names that a text may use: a person's family name too."""
        if _PERSON not in self.classes:
            return self.names
        families = (_BETWEEN_NAMES.split(name)[-1] for name in self.names)
        return tuple(dict.fromkeys((*self.names, *families)))


def shared_things(quads: Iterable[Quad], iris: Iris) -> list[Thing]:
    """The things with an id of their own, not an article's, and with a label; by id."""
    said: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        subject = quad.subject
        thing = iris.local_id(subject.value, "id") if isinstance(subject, NamedNode) else None
        if thing and "/" not in thing:
            said[thing][quad.predicate.value].append(quad.object)
    found = (_thing(each, values) for each, values in sorted(said.items()))
    return [each for each in found if each.names and _ARTICLE not in each.classes]


class Mentions:
    """Finds the names of things in a text: whole words, in any language, whatever their case.

    Names in capitals, such as acronyms, are found in capitals only.
    """

    def __init__(self, things: Iterable[Thing]) -> None:
        self._by_first: dict[str, list[tuple[list[str], str, Thing]]] = defaultdict(list)
        for thing in things:
            for name in thing.spoken:
                if folded := words(name):
                    self._by_first[folded[0]].append((folded, name, thing))

    def in_text(self, text: str) -> list[Thing]:
        """The things that the text names, in the order it does."""
        located = located_words(text)
        found = (
            thing
            for place, word in enumerate(located)
            for folded, name, thing in self._by_first.get(word.text, ())
            if _stands(folded, name, located[place : place + len(folded)], text)
        )
        return list({thing.id: thing for thing in found}.values())


def _stands(folded: list[str], name: str, here: list[Word], text: str) -> bool:
    if folded != [word.text for word in here]:
        return False
    return not name.isupper() or text[here[0].start : here[-1].end] == name


def _thing(name: str, values: dict[str, list[Term]]) -> Thing:
    labels = _texts([*values[_LABEL], *values[_ALTERNATIVE]])
    classes = (each.value for each in values[f"{RDF}type"] if isinstance(each, NamedNode))
    return Thing(id=name, classes=frozenset(classes), names=tuple(dict.fromkeys(labels)))


def _texts(terms: Iterable[Term]) -> Iterator[str]:
    return (term.value for term in terms if isinstance(term, Literal))
