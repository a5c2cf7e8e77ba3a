"""The tables answer as the engine does, and follow what changes."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from kg.documents.listing import Lister, Page
from kg.documents.lookup import VIEW_FIRST, VIEW_LIMIT, Lookup
from kg.documents.parameters import ParameterReader, sortable
from kg.documents.subresources import scope_of, sub_resources
from kg.errors import Busy, ParameterError
from kg.finding.asking import Asking
from kg.finding.contents import Contents
from kg.finding.cursors import Cursor
from kg.finding.facts import Description
from kg.finding.requests import ListRequest, Scope
from kg.projection.files import Projections
from kg.projection.finder import Counts, KnownContents, ProjectedFinder
from kg.projection.keys import Keys
from kg.projection.parts import Parts
from kg.projection.statements import Decoder, Unfit, encoded
from kg.projection.tables import contents
from kg.rdf.namespaces import RDF
from kg.rdf.terms import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple
from kg.schema.filters import Filter, Kind, filters_of
from kg.store.embedded.folder import Lock as FileLock
from tests.fakes import FakeSnapshot
from tests.processes import soon
from tests.rest import IRIS, quads, schema

KEYS = Keys(IRIS.namespace)
DAYS = ("2025-08-15", "2022-02-24", "2025-08-17", "2026-01-01")
ARTICLE = "yomiuri-2025-08-17"
NUMBERS = ("1", "6", "-3", "2.5", "120")


class _Engineless(Asking):
    """An engine that must not be asked."""

    def select(self, query: str) -> Iterator[dict[str, object]]:  # type: ignore[override]
        raise AssertionError(f"the engine was asked: {query[-300:]}")


@pytest.fixture(scope="module")
def snapshot() -> FakeSnapshot:
    return FakeSnapshot(quads())


@pytest.fixture(scope="module")
def projections(tmp_path_factory: pytest.TempPathFactory) -> Projections:
    return Projections(tmp_path_factory.mktemp("tables"), schema=schema(), iris=IRIS)


def projected(projections: Projections, snapshot: FakeSnapshot, *, strict: bool = False) -> Lookup:
    """Look-ups by tables; with ``strict`` by nothing else."""
    finder = ProjectedFinder(projections, Counts(), snapshot, schema())
    if strict:
        finder._asking = _Engineless(snapshot, schema())
    return Lookup(snapshot, schema(), finder)


def things() -> list[NamedNode]:
    """All that has a type and is no part of the ontology."""
    start = tuple(f"{IRIS.namespace}{name}/" for name in ("id", "concept", "scheme"))
    found = {each.subject for each in quads() if isinstance(each.subject, NamedNode)}
    return sorted((each for each in found if each.value.startswith(start)), key=str)


def content(found: Description) -> tuple[object, ...]:
    """All that a description tells."""
    quads_known = sorted(map(str, found.quads))
    views = {(str(node), name): values for (node, name), values in found.views.items()}
    return found.subjects, quads_known, views, found.cut


def test_documents_are_the_same(projections: Projections, snapshot: FakeSnapshot) -> None:
    asked, read = Lookup(snapshot, schema()), projected(projections, snapshot, strict=True)
    for node in things()[::2]:
        assert content(read.describe(node)) == content(asked.describe(node)), node
    assert read.counts() == asked.counts()
    assert read.finder.contents() == asked.finder.contents()


def test_of_more_than_all_of_it_a_document_shows_the_first(tmp_path: Path) -> None:
    concept, used = IRIS.thing("concept", "reported-fact"), IRIS.thing("id", "putin-welcome")
    count = len(Lookup(FakeSnapshot(quads()), schema()).describe(concept).views[concept, "usedBy"])
    said = [tuple(each) for each in quads() if each.subject == used]
    for more in (0, 1):
        names = [f"{IRIS.namespace}id/copy-{n:02}" for n in range(VIEW_LIMIT + more - count)]
        copies = [Quad(NamedNode(name), *each[1:]) for name in names for each in said]
        version = FakeSnapshot([*quads(), *copies], number=1 + more)
        folder = Projections(tmp_path, schema=schema(), iris=IRIS)
        asked = Lookup(version, schema()).describe(concept)
        assert content(projected(folder, version).describe(concept)) == content(asked)
        assert len(asked.views[concept, "usedBy"]) == (VIEW_FIRST if more else VIEW_LIMIT)
        assert asked.cut == ({(concept, "usedBy")} if more else set())


def test_lists_are_the_same(projections: Projections, snapshot: FakeSnapshot) -> None:
    """Whatever is listed, filtered, sorted and paged, in a table of random requests."""
    asked, read = Lookup(snapshot, schema()), projected(projections, snapshot)
    requests = _Requests(Random(20250817))  # noqa: S311 # the same each time
    for _ in range(150):
        request = requests.any()
        for _ in range(2):
            pages = [_page(lookup, request) for lookup in (asked, read)]
            assert _told(pages[0]) == _told(pages[1]), request
            cursors = [each for each in (pages[0].next, pages[0].prev) if each]
            if not cursors:
                break
            request = dataclasses.replace(request, cursor=requests.random.choice(cursors))


@pytest.mark.parametrize("text", ["put", "SUMMIT", "プーチン", "国"])
def test_names_are_looked_through_or_tested_to_the_same_end(
    projections: Projections, snapshot: FakeSnapshot, text: str
) -> None:
    """Which of the two is done is a matter of time alone."""
    with projections.reading(snapshot) as reading:
        assert reading is not None
        parts = Parts(reading)
        part = parts.contains(text, reading.terms.kinds)
        tested = " AND ".join(("SELECT key FROM thing AS x WHERE kind = :kind", part.test))
        selected: set[tuple[str]] = set()
        for kind in reading.terms.kinds:
            values = {**parts.values, "kind": kind}
            found = set(reading.file.execute(str(part.source), values))
            assert found == set(reading.file.execute(tested, values)), kind
            selected |= found
        assert len(selected) == part.size > 0


def _page(lookup: Lookup, request: ListRequest) -> Page:
    return Lister(lookup=lookup, schema=schema(), version=1).page(request)


def _told(page: Page) -> tuple[object, ...]:
    ways: tuple[Cursor | None, ...] = (page.next, page.prev)
    return content(page.description), page.count, ways, page.parent_types


class _Requests:
    """Requests made of what the graph says."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._reader = ParameterReader(schema=schema(), names=IRIS, languages=("en", "ja"))
        self._things = things()

    def any(self) -> ListRequest:
        """A request that is understood."""
        while True:
            scope = self._scope()
            try:
                return self._reader.list_request(scope, self._parameters(scope))
            except ParameterError:
                continue

    def _scope(self) -> Scope:
        collection = self.random.choice(list(schema().collections.values()))
        below = list(sub_resources(schema(), collection).values())
        if below and self.random.random() < 0.3:
            return scope_of(self.random.choice(self._things), self.random.choice(below))
        return Scope(class_iri=collection.class_iri)

    def _parameters(self, scope: Scope) -> dict[str, Sequence[str]]:
        choose = self.random.choice
        orders = ["id", "label", *sortable(schema(), scope.class_iri)]
        found: dict[str, Sequence[str]] = {
            "sort": [choose(["", "-"]) + choose(orders)],
            "limit": [choose(["1", "3", "20"])],
        }
        for each in self.random.choices(filters_of(schema(), scope.class_iri), k=choose([0, 1, 2])):
            name = choose(each.parameters)
            count = choose([1, 2]) if name.removeprefix("not.") == each.name else 1
            found[name] = [self._value(each) for _ in range(count)]
        return found

    def _value(self, of: Filter) -> str:
        choose = self.random.choice
        if of.name == "q":
            return choose(["put", "国", "SUMMIT", "プーチン", "nothing like it"])
        if of.kind is Kind.CLASS:
            return choose(["Claim", "Statement", "Person", "summit", "armed-conflict"])
        if of.kind is Kind.DATE:
            return choose(DAYS)
        if of.kind is Kind.NUMBER:
            return choose(NUMBERS)
        names = {each.predicate or (each.path and each.path.inverse) for each in of.members}
        known = [each for each in quads() if each.predicate.value in names]
        ends = [term for each in known for term in (each.subject, each.object)]
        term = choose(ends or self._things)
        return term.value if isinstance(term, NamedNode | Literal) else "x"


def _rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows by table, numbers replaced by what they stand for."""
    queries = {
        "thing": "SELECT thing.key, types FROM thing JOIN kind ON number = kind",
        "kinds": "SELECT types, things FROM kind WHERE things > 0",
        "link": "SELECT relation, value, types, key, refs FROM link JOIN kind ON number = kind",
        "ordered": "SELECT relation, key, value, types FROM ordered JOIN kind ON number = kind",
        "wording": "SELECT types, words, w.things FROM wording AS w"
        " JOIN kind ON kind.number = w.kind",
        "name": "SELECT key, types, words FROM name JOIN wording AS w ON w.number = wording"
        " JOIN kind ON kind.number = w.kind",
        "property": "SELECT iri, triples FROM property WHERE triples > 0",
        "class": "SELECT iri, things FROM class WHERE things > 0",
        "described": "SELECT name, key FROM described JOIN graph ON number = graph",
    }
    with closing(sqlite3.connect(path)) as file:
        return {name: sorted(file.execute(query)) for name, query in queries.items()}


def _file(folder: Path) -> Path:
    (found,) = folder.glob("*.tables")
    return found


def _versions(random: Random) -> Iterator[FakeSnapshot]:
    """Versions in which graphs lose things, gain types, come and go."""
    now = list(quads())
    extra = IRIS.graph("extra")
    for number in range(2, 6):
        gone = random.choice(now).subject
        retyped, copied = random.choice(things()), random.choice(now)
        now = [each for each in now if each.subject != gone]
        now.append(Quad(retyped, NamedNode(f"{RDF}type"), NamedNode("urn:x:Odd"), extra))
        said = (copied.subject, copied.predicate, copied.object)
        now += [Quad(*said, extra), Quad(*said, DefaultGraph())]
        now.append(Quad(BlankNode("b"), copied.predicate, copied.object, extra))
        now.append(Quad(BlankNode("b"), NamedNode(f"{RDF}type"), NamedNode("urn:x:Odd"), extra))
        if number % 3 == 0:
            now = [each for each in now if each.graph_name != extra]
        yield FakeSnapshot(now, number=number)


@pytest.mark.parametrize("seed", [1, 2])
def test_tables_brought_up_to_date_are_as_those_made_anew(tmp_path: Path, seed: int) -> None:
    kept = Projections(tmp_path / "kept", schema=schema(), iris=IRIS)
    with kept.reading(FakeSnapshot(quads())) as reading:
        assert reading is not None
    for version in _versions(Random(seed)):  # noqa: S311 # the same each time
        with kept.reading(version) as reading:
            assert reading is not None
            assert contents(reading.file) == Asking(version, schema()).contents()
        folder = tmp_path / str(version.info.number)
        with Projections(folder, schema=schema(), iris=IRIS).reading(version):
            assert _rows(_file(tmp_path / "kept")) == _rows(_file(folder))


def test_an_older_version_is_asked_of_the_engine(tmp_path: Path) -> None:
    projections = Projections(tmp_path, schema=schema(), iris=IRIS)
    old = FakeSnapshot(quads(), number=1)
    new = FakeSnapshot((each for each in quads() if "alaska-talks" not in str(each)), number=2)
    for version in (new, old):
        with projections.reading(version) as reading:
            assert (reading is not None) == (version is new)
    talks = IRIS.thing("id", "alaska-talks")
    assert projected(projections, old).describe(talks).types(talks)


def test_what_tables_cannot_hold_is_asked_of_the_engine(tmp_path: Path) -> None:
    quoted = Triple(NamedNode("urn:a"), NamedNode("urn:b"), NamedNode("urn:c"))
    odd = Quad(NamedNode("urn:s"), NamedNode("urn:p"), quoted, IRIS.graph("extra"))
    projections = Projections(tmp_path, schema=schema(), iris=IRIS)
    putin = IRIS.thing("id", "putin")
    for number, found in enumerate(([*quads(), odd], quads(), [*quads(), odd], quads()), start=1):
        version = FakeSnapshot(found, number=number)
        with projections.reading(version) as reading:
            assert (reading is None) == (odd in found)
        expected = content(Lookup(version, schema()).describe(putin))
        assert content(projected(projections, version).describe(putin)) == expected


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lookup, Lookup]:
    """Where an event began some day, and a passage stands in a paragraph that is no number."""
    talks, passage = (IRIS.thing("id", each) for each in ("alaska-talks", f"{ARTICLE}/p6s1"))
    extra = IRIS.graph("extra")
    began, place = _property("events", "earliest"), _property("passages", "paragraph")
    said = [Quad(talks, began, Literal("soon"), extra), Quad(passage, place, Literal("VI"), extra)]
    version = FakeSnapshot([*quads(), *said], number=2)
    folder = Projections(tmp_path_factory.mktemp("odd"), schema=schema(), iris=IRIS)
    return Lookup(version, schema()), projected(folder, version)


def _property(collection: str, name: str) -> NamedNode:
    class_iri = schema().collections[collection].class_iri
    (found,) = (each for each in filters_of(schema(), class_iri) if each.name == name)
    assert found.members[0].predicate is not None
    return NamedNode(found.members[0].predicate)


@pytest.mark.parametrize(
    ("collection", "parameter", "value"),
    [
        ("events", "from", "2022-01-01"),
        ("events", "earliest.from", "2022-01-01"),
        ("events", "earliest", "2025-08-15"),
        ("events", "sort", "earliest"),
        ("events", "sort", "-earliest"),
        ("passages", "paragraph", "6"),
        ("passages", "paragraph", "2.5"),
        ("passages", "paragraph.from", "12.5"),
        ("passages", "sort", "paragraph"),
        ("passages", "sort", "charStart"),
        ("passages", "charStart.to", "500.5"),
        ("passages", "charStart", "0.5"),
    ],
)
def test_what_is_no_date_or_number_is_compared_as_the_engine_does(
    odd: tuple[Lookup, Lookup], collection: str, parameter: str, value: str
) -> None:
    reader = ParameterReader(schema=schema(), names=IRIS, languages=("en",))
    scope = Scope(class_iri=schema().collections[collection].class_iri)
    request = reader.list_request(scope, {parameter: [value], "limit": ["1000"]})
    asked, read = (_told(_page(lookup, request)) for lookup in odd)
    assert read == asked


@pytest.mark.parametrize("harm", ["no database", "no version in it"])
def test_a_broken_file_is_no_obstacle(tmp_path: Path, snapshot: FakeSnapshot, harm: str) -> None:
    projections = Projections(tmp_path, schema=schema(), iris=IRIS)
    with projections.reading(snapshot):
        path = _file(tmp_path)
    if harm == "no database":
        path.write_text("This is no database. " * 1000)
    else:
        with closing(sqlite3.connect(path)) as file, file:
            file.execute("DELETE FROM version")
    anew = Projections(tmp_path, schema=schema(), iris=IRIS)
    assert projected(anew, snapshot).counts() == Lookup(snapshot, schema()).counts()


def test_while_another_process_makes_the_tables_there_is_nothing_to_read(tmp_path: Path) -> None:
    projections = Projections(tmp_path, schema=schema(), iris=IRIS)
    with projections.reading(FakeSnapshot(quads())):
        lock = FileLock(_file(tmp_path).with_suffix(".lock"), create=True)
    version = FakeSnapshot(quads()[1:], number=2)
    assert lock.try_exclusive()
    projections.prepare(version)
    with projections.reading(version) as reading:
        assert reading is None
    lock.release()
    with projections.reading(version) as reading:
        assert reading is not None


def test_much_work_is_done_in_the_background(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: FakeSnapshot
) -> None:
    monkeypatch.setattr("kg.projection.files._AT_ONCE", 10)
    projections = Projections(tmp_path, schema=schema(), iris=IRIS)

    def is_there() -> bool:
        with projections.reading(snapshot) as reading:
            return reading is not None

    assert not is_there()
    assert soon(is_there, within=20)


def test_a_folder_that_cannot_be_written_is_told_and_no_obstacle(
    tmp_path: Path, snapshot: FakeSnapshot, caplog: pytest.LogCaptureFixture
) -> None:
    projections = Projections(tmp_path, schema=schema(), iris=IRIS)
    (tmp_path / projections._name).with_suffix(".draft").mkdir()
    with projections.reading(snapshot) as reading:
        assert reading is None
    assert "so lists ask the engine" in caplog.text
    assert list(tmp_path.glob("*.tables")) == []


def test_few_files_of_other_schemas_are_kept(tmp_path: Path, snapshot: FakeSnapshot) -> None:
    for age, name in enumerate(("newer", "older", "oldest")):
        path = tmp_path / f"{name}.tables"
        path.touch()
        os.utime(path, (10**9 - age, 10**9 - age))
    with Projections(tmp_path, schema=schema(), iris=IRIS).reading(snapshot):
        left = {path.stem for path in tmp_path.glob("*.tables")}
    assert left & {"newer", "older", "oldest"} == {"newer"}
    assert len(left) == 2


@pytest.mark.parametrize(
    "term",
    [
        NamedNode(f"{IRIS.namespace}id/putin"),
        NamedNode("http://example.org/a b?c#ä".replace(" ", "+")),
        BlankNode("b1"),
        Literal('text with \n and " and < and @en'),
        Literal("", language="en"),
        Literal("日本", language="ja"),
        Literal("6", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
        Literal("x y", datatype=NamedNode("http://example.org/type")),
    ],
)
def test_a_term_comes_back_as_it_was(term: NamedNode | BlankNode | Literal) -> None:
    assert Decoder(KEYS).term(encoded(term, KEYS)) == term


def test_quoted_triples_are_refused() -> None:
    with pytest.raises(Unfit):
        encoded(Triple(NamedNode("urn:a"), NamedNode("urn:b"), NamedNode("urn:c")), KEYS)


def test_keys_are_in_the_order_of_iris() -> None:
    names = ("http://a", "urn:x", "zz:y", "https://w3id.org/", f"{IRIS.namespace}id/a")
    iris = [*names, f"{IRIS.namespace}id/é", IRIS.namespace, f"{IRIS.namespace}ontology#X"]
    assert sorted(iris, key=KEYS.of_iri) == sorted(iris)
    assert [KEYS.iri(KEYS.of_iri(each)) for each in iris] == iris


def test_a_version_is_counted_once_and_others_are_told_to_come_again() -> None:
    known, counted = KnownContents(patience=0.05), []

    def count() -> Contents:
        with pytest.raises(Busy):
            known.of("other", count)
        counted.append(1)
        return Contents(subjects=len(counted), classes={}, properties={})

    assert [known.of("one", count).subjects for _ in range(2)] == [1, 1]
    for number in range(20):
        known.of(str(number), lambda: Contents(subjects=0, classes={}, properties={}))
    assert known.of("one", count).subjects == 2
