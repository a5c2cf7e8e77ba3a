"""Any number of valid articles with the statistics of the first one, the same for the same seed.

    python -m benchmarks.generator --articles 10000 > corpus.nq
    python -m benchmarks.generator --articles 20 --folder articles

Every ten articles share a topic, with situations, measures and places of its own. Its actors are
drawn from a pool in which the first ones come up most often (Zipf's law), as in a newspaper. The
first of all are the actors of the first article, so Putin has most to his name.
"""

from __future__ import annotations

import argparse
import sys
from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from random import Random

from benchmarks.names import Name, Names
from benchmarks.template import ID, ONTOLOGY, Template, filled
from kg.rdf.namespaces import BASE, DCTERMS, RDF, RDFS
from kg.settings import Settings
from kg.sources import read_vocabulary

ARTICLES_PER_TOPIC = 10
PAPERS = 40
FIRST_DAY = date(1995, 1, 1)

# What the first article's actors are called in the labels of other things, and their slugs.
_KNOWN = {
    "trump": Name("trump", "Donald Trump", "ドナルド・トランプ", "Trump", "トランプ"),
    "putin": Name("putin", "Vladimir Putin", "ウラジーミル・プーチン", "Putin", "プーチン"),
    "russia": Name("russia", "Russia", "ロシア", "Russia", "ロシア"),
    "united-states": Name("united-states", "United States", "アメリカ合衆国", "U.S.", "米国"),
    "ukraine": Name("ukraine", "Ukraine", "ウクライナ", "Ukraine", "ウクライナ"),
    "japan": Name("japan", "Japan", "日本", "Japan", "日本"),
    "nato": Name("nato", "NATO", "北大西洋条約機構", "NATO", "NATO"),
    "icc": Name("icc", "International Criminal Court", "国際刑事裁判所", "ICC", "国際刑事裁判所"),
    "europe": Name("europe", "Europe", "欧州", "Europe", "欧州"),
    "international-community": Name(
        "international-community", "The international community", "国際社会", "World", "国際社会"
    ),
    "other-partners-of-ukraine": Name(
        "other-partners-of-ukraine", "Further partners", "その他のパートナー", "Others", "その他"
    ),
    "norm-no-aggression": Name("norm-no-aggression", "", "", "", ""),
    "norm-sovereignty": Name("norm-sovereignty", "", "", "", ""),
    "norm-territorial-integrity": Name("norm-territorial-integrity", "", "", "", ""),
}


@dataclass(frozen=True, slots=True)
class _Cast:
    """The kind of actor behind some roles, how many there are, and how they are named."""

    class_name: str
    roles: tuple[str, ...]
    per_topic: float
    name: Callable[[Names], Name]
    superclass: str | None = "Actor"


_CASTS = (
    _Cast("Person", ("putin", "trump"), 1.0, Names.person),
    _Cast("State", ("russia", "united-states", "ukraine", "japan"), 0.1, Names.single),
    _Cast("Institution", ("nato", "icc"), 0.3, lambda names: names.compound("Union", "連合")),
    _Cast(
        "Group",
        ("europe", "international-community", "other-partners-of-ukraine"),
        0.1,
        lambda names: names.compound("Partners", "諸国"),
    ),
    _Cast(
        "Norm",
        ("norm-no-aggression", "norm-sovereignty", "norm-territorial-integrity"),
        0.02,
        lambda names: names.compound("Rule", "原則"),
        superclass=None,
    ),
)
_PAPER = _Cast("Institution", (), 0.0, lambda names: names.compound("Herald", "新聞"))


class _Pool:
    """The actors of one kind; the number n comes up n times less often than the first."""

    def __init__(self, cast: _Cast, names: Names, size: int) -> None:
        self.cast = cast
        made = [cast.name(names) for _ in range(max(0, size - len(cast.roles)))]
        self.names = [*(_KNOWN[role] for role in cast.roles), *made]
        self._weights = list(accumulate(1 / rank for rank in range(1, len(self.names) + 1)))

    def draw(self, random: Random, count: int) -> list[Name]:
        """Different actors of the pool."""
        drawn: dict[int, None] = {}
        while len(drawn) < count:
            drawn[bisect(self._weights, random.random() * self._weights[-1])] = None
        return [self.names[number] for number in drawn]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A number, and who plays the roles of the first article."""

    number: int
    roles: dict[str, Name]

    def fields(self) -> dict[str, object]:
        """What the template's fields stand for in the topic."""
        alaska = Name("", "", "", f"Place {self.number}", f"第{self.number}地区")
        named = {role.replace("-", "_"): name for role, name in self.roles.items()}
        return {"alaska": alaska, "topic": f"t{self.number}", **named}


class Corpus:
    """``articles`` generated articles and what they share; ``types`` fills in superclass types."""

    def __init__(self, template: Template, *, articles: int, seed: int, types: bool = True) -> None:
        self._template = template
        self._seed = seed
        self._types = types
        self._articles = articles
        random = Random(f"{seed} topics")
        names = Names(random)
        count = -(-articles // ARTICLES_PER_TOPIC)
        pools = [_Pool(cast, names, int(count * cast.per_topic)) for cast in _CASTS]
        self.papers = [_PAPER.name(names) for _ in range(PAPERS)]
        self.topics = [self._topic(number, pools, random) for number in range(count)]
        self._used = self._used_names(pools)

    def _topic(self, number: int, pools: list[_Pool], random: Random) -> Topic:
        roles: dict[str, Name] = {}
        for pool in pools:
            drawn = pool.draw(random, len(pool.cast.roles))
            roles |= dict(zip(pool.cast.roles, drawn, strict=True))
        return Topic(number=number, roles=roles)

    def _used_names(self, pools: list[_Pool]) -> list[tuple[_Cast, Name]]:
        """Invented actors that some topic has; the known ones are in the first article's files."""
        used = {name.slug for topic in self.topics for name in topic.roles.values()} - set(_KNOWN)
        found = [(pool.cast, name) for pool in pools for name in pool.names if name.slug in used]
        return [*((_PAPER, name) for name in self.papers), *found]

    def shared(self, ending: str) -> Iterator[str]:
        """The shared things as N-Triples or N-Quads, by what comes after the object."""
        for cast, name in self._used:
            yield self._actor(cast, name, ending)
        for topic in self.topics:
            yield filled(self._template.topic, {**topic.fields(), "end": ending})

    def _actor(self, cast: _Cast, name: Name, ending: str) -> str:
        subject = f"<{ID}{name.slug}>"
        above = [cast.superclass] if cast.superclass and self._types else []
        types = [f"<{RDF}type> <{ONTOLOGY}{each}>" for each in (cast.class_name, *above)]
        kind = [f"<{DCTERMS}type> <{BASE}concept/prohibition>"] if cast.class_name == "Norm" else []
        facts = [
            *types,
            *kind,
            f'<{RDFS}label> "{name.english}"@en',
            f'<{RDFS}label> "{name.japanese}"@ja',
            f'<{DCTERMS}identifier> "{name.slug}"',
        ]
        return "".join(f"{subject} {fact}{ending}\n" for fact in facts)

    def articles(self, ending: Callable[[str], str]) -> Iterator[tuple[str, str]]:
        """Slug and text of each article; ``ending`` says what comes after the object, by slug."""
        for number in range(self._articles):
            slug, day = self._slug(number), self._day(number)
            fields = self._fields(number, slug, day)
            yield slug, filled(self._template.article, {**fields, "end": ending(slug)})

    def _fields(self, number: int, slug: str, day: date) -> dict[str, object]:
        random = Random(f"{self._seed} {number}")
        topic = self.topics[number // ARTICLES_PER_TOPIC]
        offsets = self._offsets(random)
        hashes = (sha256(f"{slug} {n}".encode()) for n in range(self._template.article.hashes))
        early = (day.month, day.day) < (
            self._template.published.month,
            self._template.published.day,
        )
        shift = day.year - self._template.published.year - early
        return {
            **topic.fields(),
            **offsets,
            **{f"hash{n}": found.hexdigest() for n, found in enumerate(hashes)},
            **{f"year{year}": year + shift for year in range(2000, 2100)},
            "yomiuri_shimbun": self.papers[number % PAPERS],
            "slug": slug,
            "number": f"a{number}",
            "published": day.isoformat(),
        }

    def _slug(self, number: int) -> str:
        return f"{self.papers[number % PAPERS].slug}-{self._day(number)}"

    def _day(self, number: int) -> date:
        return FIRST_DAY + timedelta(days=number // PAPERS)

    def _offsets(self, random: Random) -> dict[str, object]:
        """Sentences in the first article's order, each up to a third shorter or longer."""
        found: dict[str, object] = {}
        place = 0
        for number, (start, end) in enumerate(self._template.spans):
            length = max(1, round((end - start) * random.uniform(0.67, 1.33)))
            found |= {f"start{number}": place, f"end{number}": place + length}
            place += length + 1
        return {**found, "length": place}


def graph_ending(name: str) -> str:
    """What ends a line of N-Quads in the graph of this name."""
    return f" <{BASE}graph/{name}> ."


def corpus(*, articles: int, seed: int = 1, types: bool = True) -> Corpus:
    """A corpus after the article that this checkout has."""
    settings = Settings()
    schema = read_vocabulary(settings).schema
    template = Template.read(settings.articles, schema, name="yomiuri-2025-08-17", types=types)
    return Corpus(template, articles=articles, seed=seed, types=types)


def write_quads(made: Corpus) -> Iterator[str]:
    """The whole corpus as N-Quads, a piece at a time, in the graphs that a build would make."""
    yield from made.shared(graph_ending("entities"))
    for _, text in made.articles(graph_ending):
        yield text


def write_folder(made: Corpus, folder: Path) -> None:
    """The corpus as source files: N-Triples, which is Turtle; what is shared apart."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "generated.ttl").open("w", encoding="utf-8") as file:
        file.writelines(made.shared(" ."))
    for slug, text in made.articles(lambda _: " ."):
        (folder / f"{slug}.ttl").write_text(text, encoding="utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Generate articles.")
    parser.add_argument("--articles", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="write Turtle files there, not N-Quads")
    chosen = parser.parse_args()
    made = corpus(articles=chosen.articles, seed=chosen.seed, types=chosen.folder is None)
    if chosen.folder:
        write_folder(made, chosen.folder)
    else:
        sys.stdout.writelines(write_quads(made))


if __name__ == "__main__":
    main()
