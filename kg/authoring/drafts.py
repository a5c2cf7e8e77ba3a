"""A new article: what is known of it before anything is read from it, and who published it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kg.authoring.names import Mentions, Thing, shared_things
from kg.authoring.sentences import Sentence, sentences
from kg.authoring.verification import normalised, text_digest
from kg.errors import InputError, NotFound
from kg.rdf.iris import Iris
from kg.rdf.namespaces import PREFIXES
from kg.search.text import fold
from kg.settings import Settings
from kg.sources import VOCABULARY, data_files, read_data, read_vocabulary
from kg.writing.concerns import SHARED

_INSTITUTION = f"{PREFIXES['ekg']}Institution"
_ID = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """An institution by id and name; ``known`` where the source files have it already."""

    id: str
    name: str
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A sentence, and the known things that it names."""

    sentence: Sentence
    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article of which nothing but its text is known; ``language`` is a BCP 47 tag."""

    slug: str
    title: str
    publisher: Publisher
    published: date
    language: str
    length: int
    sha256: str
    sentences: tuple[Named, ...]


def draft(
    settings: Settings,
    *,
    slug: str,
    title: str,
    publisher: str,
    published: str,
    language: str,
    text: Path,
) -> Draft:
    """The article that an author says this of, its text cut into sentences.

    ``publisher`` is an id or a name. Raises InputError for what cannot be a slug, a title, a date,
    a publisher or a text.
    """
    iris = Iris(settings.namespace)
    day = _date(published)
    words = _text(text)
    things = _known_things(settings, slug, iris)
    _check_slug(slug, iris, things)
    mentions = Mentions(things)
    return Draft(
        slug=slug,
        title=_title(title),
        publisher=_publisher(publisher, slug, things),
        published=day,
        language=language,
        length=len(words),
        sha256=text_digest(words),
        sentences=tuple(
            Named(sentence=each, things=tuple(mentions.in_text(each.text)))
            for each in sentences(words, language)
        ),
    )


def _check_slug(slug: str, iris: Iris, things: Sequence[Thing]) -> None:
    """Refuse what is no id, and the names of other graphs and things."""
    taken = {*VOCABULARY, *SHARED, *(each.id for each in things)}
    if slug in taken or "/" in slug:
        raise InputError(
            f"{slug!r} cannot be an article's slug; take one such as daily-2031-05-04."
        )
    try:
        iris.thing("id", slug)
    except NotFound as error:
        raise InputError(str(error)) from error


def _date(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise InputError(f"{text!r} is no date; write it as year, month and day: 2031-05-04.")
    return found


def _title(text: str) -> str:
    title = unicodedata.normalize("NFC", text.strip())
    if not title or not title.isprintable():
        raise InputError(f"{text!r} is no title; give one line of text.")
    return title


def _text(path: Path) -> str:
    text = normalised(path.read_bytes(), source=str(path))
    if not text.strip():
        raise InputError(f"{path}: there is no text in it.")
    return text


def _known_things(settings: Settings, slug: str, iris: Iris) -> list[Thing]:
    """What the other source files describe."""
    _, paths = data_files(settings)
    others = [path for path in paths if path.stem != slug]
    return shared_things(read_data(others, read_vocabulary(settings).schema), iris)


def _publisher(text: str, slug: str, things: Sequence[Thing]) -> Publisher:
    """The institution with this id or name, or a new one of this name."""
    institutions = [each for each in things if _INSTITUTION in each.classes]
    for each in institutions:
        if text == each.id or any(_is_one_name(text, name) for name in each.names):
            return Publisher(id=each.id, name=each.names[0], known=True)
    if _ID.fullmatch(text):
        known = ", ".join(each.id for each in institutions)
        raise InputError(
            f"No institution has the id {text!r}; known are {known}. For a new one give its name."
        )
    name = _title(text)
    new = _slug(name)
    if not new or new in {slug, *(each.id for each in things)}:
        raise InputError(f"{name!r} makes no new id; describe it in entities.ttl and give its id.")
    return Publisher(id=new, name=name, known=False)


def _is_one_name(one: str, other: str) -> bool:
    """Whether two names differ in case, accents, punctuation or an article only."""
    return fold(one) == fold(other) or _slug(one) == _slug(other) != ""


def _slug(name: str) -> str:
    """An id made of a name; empty where the name has no Latin letter."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = [each for each in re.findall(r"[a-z0-9]+", plain) if each != "the"]
    return "-".join(words)
