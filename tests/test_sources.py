"""The source files become graphs, each named by its file, with superclass types filled in."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import EmptyGraph, SettingsError
from kg.rdf.namespaces import RDF
from kg.rdf.terms import NamedNode, Quad
from kg.settings import Settings
from kg.sources import Sources, materialise, read_data, read_vocabulary
from tests.knowledge import EKG, ROOT

TYPE = NamedNode(f"{RDF}type")
STRIKE = NamedNode("https://kg.example/strike")


@pytest.fixture(scope="module")
def sources() -> Sources:
    """The shipped source files."""
    return Sources.read(Settings())


def test_each_file_is_a_graph_and_concepts_are_one(sources: Sources) -> None:
    assert sorted(sources.graphs) == [
        "concepts", "entities", "ontology", "shapes", "yomiuri-2025-08-17"
    ]  # fmt: skip
    assert sources.shapes == sources.graphs["shapes"]
    assert sources.ontology == sources.graphs["ontology"]


def test_data_is_all_but_the_vocabulary(sources: Sources) -> None:
    names = ("concepts", "entities", "yomiuri-2025-08-17")
    assert len(list(sources.data())) == sum(len(sources.graphs[name]) for name in names)


def test_superclasses_of_our_own_are_filled_in(sources: Sources) -> None:
    """In the same graph, so that a graph says all of a thing by itself; nothing else changes."""
    graph = NamedNode("https://kg.example/graph")
    demand = Quad(STRIKE, TYPE, NamedNode(f"{EKG}Demand"), graph)
    found = list(materialise([demand], sources.schema))
    assert found[0] == demand
    above = {quad.object for quad in found[1:]}
    assert {NamedNode(f"{EKG}{name}") for name in ("Statement", "Claim", "SourcedItem")} <= above
    assert {quad.graph_name for quad in found} == {graph}
    other = Quad(STRIKE, TYPE, NamedNode("http://xmlns.com/foaf/0.1/Person"), graph)
    assert list(materialise([other], sources.schema)) == [other]


def test_reading_tells_how_far_it_is() -> None:
    told: list[tuple[str, int, int]] = []

    def listen(step: str, /, *, done: int, total: int) -> None:
        told.append((step, done, total))

    Sources.read(Settings(), listen)
    assert told == [("Reading", 0, 2), ("Reading", 1, 2)]


def test_a_file_without_a_triple_is_refused(tmp_path: Path) -> None:
    """Otherwise the next build would take its graph out of the store, in silence."""
    path = tmp_path / "empty.ttl"
    path.write_text("# nothing yet\n")
    with pytest.raises(EmptyGraph, match=r"empty\.ttl: there is no triple"):
        read_data([path], read_vocabulary(Settings()).schema)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    for settings in (
        Settings(ontology=missing),
        Settings(shapes=missing),
        Settings(articles=missing),
    ):
        with pytest.raises(SettingsError, match="nowhere: there is no such folder"):
            Sources.read(settings)


def test_empty_folders_make_no_graphs(tmp_path: Path) -> None:
    """A plain SPARQL store has neither ontology nor shapes."""
    shutil.copy(ROOT / "articles" / "entities.ttl", tmp_path / "entities.ttl")
    empty = tmp_path / "empty"
    empty.mkdir()
    sources = Sources.read(replace(Settings(), ontology=empty, shapes=empty, articles=tmp_path))
    assert list(sources.graphs) == ["entities"]
    assert sources.shapes == ()
