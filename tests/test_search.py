"""Search finds what people mean, in both languages, in every version just what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import Busy, StoreError, StoreUnwritable
from kg.rdf.iris import Iris
from kg.rdf.namespaces import BASE, RDF, RDFS
from kg.rdf.terms import DefaultGraph, Literal, NamedNode, Quad
from kg.search.index import SearchIndex, connect
from kg.search.ranking import Results, find, named_outright
from kg.search.spelling import distance
from kg.search.text import fold, located_words, words
from kg.search.versions import SearchIndexes
from kg.settings import Settings
from kg.sources import Sources
from kg.store.embedded.folder import Lock
from kg.store.embedded.store import EmbeddedStore

IRIS = Iris(BASE)
ENTITIES = IRIS.graph("entities")


@pytest.fixture(scope="module")
def sources() -> Sources:
    """The source files, read once."""
    return Sources.read(Settings())


@pytest.fixture
def store(tmp_path: Path, sources: Sources) -> EmbeddedStore:
    """A store with all source graphs."""
    filled = EmbeddedStore(tmp_path / "store")
    with filled.begin(author="test", message="Fill") as change:
        for name, quads in sources.graphs.items():
            change.replace(IRIS.graph(name), quads)
        change.publish()
    return filled


@pytest.fixture
def indexes(tmp_path: Path, sources: Sources) -> SearchIndexes:
    """Indexes in a folder of their own."""
    return SearchIndexes(tmp_path / "cache", schema=sources.schema, iris=IRIS)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, sources: Sources) -> Iterator[SearchIndex]:
    """The index of the source graphs, read only."""
    folder = tmp_path_factory.mktemp("search")
    filled = EmbeddedStore(folder / "store")
    with filled.begin(author="test", message="Fill") as change:
        for name, quads in sources.graphs.items():
            change.replace(IRIS.graph(name), quads)
        change.publish()
    indexes = SearchIndexes(folder / "cache", schema=sources.schema, iris=IRIS)
    yield indexes.of(filled.snapshot())
    filled.close()


def _ids(results: Results) -> list[str]:
    return [hit.entry.iri.removeprefix(f"{BASE}id/") for hit in results.hits]


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("Vladimir Putin", "putin"),
        ("putin", "putin"),
        ("vladimir p", "putin"),
        ("NATO", "nato"),
        ("north atl", "nato"),
        ("プーチン", "putin"),
        ("米国", "united-states"),
        ("国際刑事", "icc"),
        ("ＮＡＴＯ", "nato"),
        ("sovereignty violated", "norm-sovereignty"),
        ("violated sovereignty", "norm-sovereignty"),
    ],
)
def test_the_best_hit_is_what_is_meant(index: SearchIndex, query: str, best: str) -> None:
    assert _ids(find(index, query, limit=10))[0] == best


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("Vladmir", "putin"),
        ("Vladimri", "putin"),
        ("プチン", "putin"),
        ("Alasak", "alaska"),
        ("criminal cuort", "icc"),
    ],
)
def test_a_slip_of_the_pen_is_forgiven(index: SearchIndex, query: str, best: str) -> None:
    assert _ids(find(index, query, limit=10))[0] == best


@pytest.mark.parametrize("query", ["ロ", "日本", "欧"])
def test_one_or_two_japanese_characters_find_something(index: SearchIndex, query: str) -> None:
    hits = find(index, query, limit=10).hits
    assert hits
    assert all(query in fold("".join(text.text for text in hit.entry.texts)) for hit in hits)


def test_an_exact_name_comes_before_a_beginning_and_that_before_a_word(index: SearchIndex) -> None:
    scores = {hit.entry.iri: hit.score for hit in find(index, "Alaska", limit=50).hits}
    exact, beginning = f"{BASE}id/alaska", f"{BASE}id/alaska-summit-2025"
    word = f"{BASE}id/yomiuri-2025-08-17/part-alaska-summit-2025-russia"
    assert scores[exact] > scores[beginning] > scores[word]


def test_an_id_is_found_outright(index: SearchIndex, sources: Sources) -> None:
    query = "yomiuri-2025-08-17/p6s1"
    iris = named_outright(query, sources.schema, IRIS)
    assert _ids(find(index, query, iris=iris, limit=10))[0] == query


def test_types_keep_the_hits_to_a_class_and_those_under_it(
    index: SearchIndex, sources: Sources
) -> None:
    known = sources.schema.class_named("Actor")
    assert known is not None
    types = sources.schema.subclasses(known.iri)
    assert _ids(find(index, "russia", types=types, limit=10)) == ["russia"]
    assert len(find(index, "russia", limit=50).hits) > 1


def test_a_type_that_nothing_has_finds_nothing(index: SearchIndex) -> None:
    assert find(index, "putin", types=["http://example.org/None"], limit=5).hits == ()


def test_matches_tell_where_the_query_stands_in_the_text_as_written(index: SearchIndex) -> None:
    (best, *_) = find(index, "プーチン", limit=10).hits
    (match,) = best.matches()
    assert [match.text.text[start:end] for start, end in match.ranges] == ["プーチン"]
    assert (match.text.member, match.text.language) == ("labels", "ja")


def test_a_limit_cuts_the_results_and_says_so(index: SearchIndex) -> None:
    few = find(index, "putin", limit=3)
    assert (len(few.hits), few.complete) == (3, False)
    assert find(index, "putin", limit=1000).complete


@given(st.text(max_size=60))
def test_no_query_is_syntax(index: SearchIndex, query: str) -> None:
    results = find(index, query, limit=5)
    assert all(0 < hit.score <= 1 for hit in results.hits)


@pytest.mark.parametrize(
    "query", ['"', "a AND", "NEAR(", "names:putin", "putin*", "a\x00b", "-putin", "(putin OR", "^p"]
)
def test_full_text_syntax_is_looked_for_as_words(index: SearchIndex, query: str) -> None:
    assert find(index, query, limit=5) == find(index, " ".join(words(query)), limit=5)


@given(st.text(max_size=40))
def test_every_word_is_located_within_the_text(text: str) -> None:
    for word in located_words(text):
        assert 0 <= word.start < word.end <= len(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Côte d'Ivoire", "cote d'ivoire"), ("ｶﾞ", "ガ"), ("は", "は"), ("ば", "ば"), ("ﬁve", "five")],
)
def test_folding_drops_accents_and_width_but_keeps_kana_apart(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("putin", "putin", 0), ("ptuin", "putin", 1), ("putn", "putin", 1), ("", "abc", 3)],
)
def test_the_distance_counts_swaps_as_one_slip(one: str, other: str, slips: int) -> None:
    assert distance(one, other) == distance(other, one) == slips


def test_each_version_finds_what_it_holds(store: EmbeddedStore, indexes: SearchIndexes) -> None:
    before = store.snapshot()
    assert _ids(find(indexes.of(before), "Zanzibar", limit=5)) == []
    _add_person(store, "zanzibar-jones", "Zanzibar Jones")
    after = store.snapshot()
    assert _ids(find(indexes.of(after), "Zanzibar", limit=5)) == ["zanzibar-jones"]
    assert _ids(find(indexes.of(before), "Zanzibar", limit=5)) == []


def test_an_index_made_from_another_version_is_as_one_made_from_nothing(
    store: EmbeddedStore, indexes: SearchIndexes, sources: Sources, tmp_path: Path
) -> None:
    indexes.of(store.snapshot())
    _add_person(store, "zanzibar-jones", "Zanzibar Jones")
    with store.begin(author="test", message="Drop the article") as change:
        change.drop(IRIS.graph("yomiuri-2025-08-17"))
        change.insert(IRIS.graph("more"), [_label("putin", "Vladimir Vladimirovich", "more")])
        change.publish()
    updated = indexes.of(store.snapshot())
    anew = SearchIndexes(tmp_path / "other", schema=sources.schema, iris=IRIS).of(store.snapshot())
    assert updated.path != anew.path
    for query in ("putin", "vladimirovich", "alaska summit", "zanzibar", "p6s1", "trupm", "p"):
        found = find(updated, query, limit=1000)
        assert sorted(_ids(found)) == sorted(_ids(find(anew, query, limit=1000))), query


def test_what_the_default_graph_says_is_found_too(
    store: EmbeddedStore, indexes: SearchIndexes
) -> None:
    with store.begin(author="test", message="Add to no graph") as change:
        node, person = IRIS.thing("id", "zoe"), NamedNode(f"{BASE}ontology#Person")
        typed = Quad(node, NamedNode(f"{RDF}type"), person)
        named = Quad(node, NamedNode(f"{RDFS}label"), Literal("Zoe", language="en"))
        change.insert(DefaultGraph(), [typed, named])
        change.publish()
    assert _ids(find(indexes.of(store.snapshot()), "Zoe", limit=1)) == ["zoe"]


def test_matches_that_touch_are_one(index: SearchIndex) -> None:
    (hit,) = find(index, "vlad vladi putin", limit=1).hits
    (match, *_) = (each for each in hit.matches() if each.text.text == "Vladimir Putin")
    assert match.ranges == ((0, 5), (9, 14))


def test_a_thing_that_two_graphs_describe_is_one_hit(
    store: EmbeddedStore, indexes: SearchIndexes
) -> None:
    with store.begin(author="test", message="Another name") as change:
        change.insert(IRIS.graph("more"), [_label("putin", "Vladimir Vladimirovich", "more")])
        change.publish()
    assert _ids(find(indexes.of(store.snapshot()), "vladimirovich", limit=5)) == ["putin"]
    with store.begin(author="test", message="Never mind") as change:
        change.drop(IRIS.graph("more"))
        change.publish()
    index = indexes.of(store.snapshot())
    assert _ids(find(index, "vladimirovich", limit=5)) == []
    assert _ids(find(index, "Vladimir Putin", limit=5))[0] == "putin"


def test_few_index_files_are_kept(
    store: EmbeddedStore, indexes: SearchIndexes, tmp_path: Path
) -> None:
    for number in range(6):
        _add_person(store, f"person-{number}", f"Person {number}")
        indexes.of(store.snapshot())
    assert len(list((tmp_path / "cache").glob("*.search"))) == 3
    assert not list((tmp_path / "cache").glob("*.draft"))


def test_an_index_serves_a_second_process(
    store: EmbeddedStore, indexes: SearchIndexes, sources: Sources, tmp_path: Path
) -> None:
    made = indexes.of(store.snapshot()).path.stat()
    other = SearchIndexes(tmp_path / "cache", schema=sources.schema, iris=IRIS)
    assert other.of(store.snapshot()).path.stat().st_ino == made.st_ino


def test_a_store_that_is_empty_is_not_written_to(tmp_path: Path, sources: Sources) -> None:
    indexes = SearchIndexes(tmp_path / "store" / "cache", schema=sources.schema, iris=IRIS)
    assert find(indexes.of(EmbeddedStore(tmp_path / "store").snapshot()), "x", limit=5).hits == ()
    assert not (tmp_path / "store").exists()


def test_whoever_finds_an_index_being_made_waits_for_it(
    store: EmbeddedStore, indexes: SearchIndexes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").mkdir()
    lock = Lock(tmp_path / "cache" / "search.lock", create=True)
    assert lock.try_exclusive()
    with monkeypatch.context() as impatient:
        impatient.setattr("kg.search.versions._PATIENCE", 0.05)
        with pytest.raises(Busy):
            indexes.of(store.snapshot())
    timer = Timer(0.05, lock.release)
    timer.start()
    assert find(indexes.of(store.snapshot()), "putin", limit=1).hits
    timer.join()


def test_where_an_index_cannot_be_written_that_is_told(
    store: EmbeddedStore, indexes: SearchIndexes, tmp_path: Path
) -> None:
    info = store.snapshot().info
    (tmp_path / "cache" / f"{indexes._family()}-{info.digest[:32]}.draft").mkdir(parents=True)
    with pytest.raises(StoreUnwritable, match="cannot be written"):
        indexes.of(store.snapshot())
    assert not list((tmp_path / "cache").glob("*.search"))


def test_a_broken_index_file_is_a_fault_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "broken.search").write_text("This is no database. " * 100)
    with pytest.raises(StoreError, match="cannot be read"):
        find(SearchIndex(tmp_path / "broken.search"), "putin", limit=5)


def test_readers_cannot_write(index: SearchIndex) -> None:
    rows = connect(index.path, read_only=True)
    with pytest.raises(Exception, match="readonly"):
        rows.execute("DELETE FROM thing")
    rows.close()


def _label(slug: str, label: str, graph: str) -> Quad:
    node = IRIS.thing("id", slug)
    return Quad(node, NamedNode(f"{RDFS}label"), Literal(label, language="ru"), IRIS.graph(graph))


def _add_person(store: EmbeddedStore, slug: str, label: str) -> None:
    person = NamedNode(f"{BASE}ontology#Person")
    with store.begin(author="test", message=f"Add {slug}") as change:
        node = IRIS.thing("id", slug)
        typed = Quad(node, NamedNode(f"{RDF}type"), person, ENTITIES)
        change.insert(ENTITIES, [typed, _label(slug, label, "entities")])
        change.publish()
