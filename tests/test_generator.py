"""Generated articles are valid, the same for the same seed, and like the first one in numbers."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.generator import Corpus, corpus, write_quads
from kg.rdf.formats import N_QUADS
from kg.rdf.namespaces import RDF
from kg.rdf.parsing import parse, parse_file
from kg.rdf.terms import Quad
from kg.settings import Settings
from kg.sources import materialise, read_vocabulary
from kg.validation.engine import Severity, Validator

SETTINGS = Settings()
TYPE = f"{RDF}type"


@pytest.fixture(scope="module")
def made() -> Corpus:
    """Thirty articles on three topics."""
    return corpus(articles=30)


@pytest.fixture(scope="module")
def quads(made: Corpus) -> list[Quad]:
    """Their quads, with what the first article's files say of the actors that they share."""
    text = "".join(write_quads(made))
    return [*parse(text.encode(), N_QUADS), *_first("entities")]


def test_generated_articles_conform_to_the_shapes(quads: list[Quad]) -> None:
    vocabulary = read_vocabulary(SETTINGS)
    graphs = sorted({str(quad.graph_name) for quad in quads})
    few = {graph for graph in graphs if "herald" not in graph} | set(graphs[:4])
    concepts = [
        quad
        for path in sorted((SETTINGS.ontology / "concepts").glob("*.ttl"))
        for quad in parse_file(path)
    ]
    validator = Validator(shapes=vocabulary.shapes, ontology=vocabulary.ontology)
    chosen = [quad for quad in quads if str(quad.graph_name) in few]
    report = validator.validate([*chosen, *concepts])
    wrong = [each for each in report.results if each.severity is Severity.VIOLATION]
    assert wrong == []


def test_an_article_has_as_many_things_of_each_class_as_the_first_one(quads: list[Quad]) -> None:
    (graph, *_) = sorted({str(q.graph_name) for q in quads if "herald" in str(q.graph_name)})
    of_one = [quad for quad in quads if str(quad.graph_name) == graph]
    assert _classes(of_one) == _classes(_first("yomiuri-2025-08-17"))


def test_the_same_seed_makes_the_same_corpus(made: Corpus) -> None:
    assert list(write_quads(made)) == list(write_quads(corpus(articles=30)))


def test_another_seed_makes_another_corpus(made: Corpus) -> None:
    assert list(write_quads(made)) != list(write_quads(corpus(articles=30, seed=2)))


def _first(name: str) -> list[Quad]:
    path = SETTINGS.articles / f"{name}.ttl"
    return list(materialise(parse_file(path), read_vocabulary(SETTINGS).schema))


def _classes(quads: list[Quad]) -> Counter[str]:
    return Counter(str(quad.object) for quad in set(quads) if quad.predicate.value == TYPE)
