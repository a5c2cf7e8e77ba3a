"""The embedded store: its folder, its versions over time, and folders that are no stores."""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Store as Oxigraph

from kg.errors import (
    Busy,
    Conflict,
    NotFound,
    QueryInterrupted,
    QueryMemory,
    QueryTimeout,
    StoreCorrupt,
    StoreError,
)
from kg.rdf.terms import DefaultGraph
from kg.store.base import UpdateLimits
from kg.store.embedded.store import EmbeddedStore
from kg.store.embedded.updating import _DISK, _FAILED, _cause
from kg.store.processes.wire import encode_error
from tests.content import EX, ONE, TWO, content, put, quads, quick_folder, triples, update


@pytest.fixture
def path() -> Iterator[Path]:
    """Where a store may come to be."""
    with quick_folder() as folder:
        yield folder / "store"


def files(path: Path) -> set[str]:
    """All files and folders below ``path``."""
    return {str(file.relative_to(path)) for file in path.rglob("*")}


def names(folder: Path) -> list[str]:
    """The names in a folder, sorted."""
    return sorted(entry.name for entry in folder.iterdir())


def test_reading_a_store_that_is_not_there_makes_no_folder(path: Path) -> None:
    store = EmbeddedStore(path)
    assert store.snapshot().info == store.versions()[0] == store.snapshot(0).info
    assert content(store.snapshot()) == {}
    assert not path.exists()


def test_a_store_begins_with_an_empty_version_0_on_the_disk(path: Path) -> None:
    with EmbeddedStore(path).begin(author="test", message="nothing"):
        assert (path / "CURRENT").read_text() == "000000\n"
    assert names(path / "versions") == ["000000"]
    assert content(EmbeddedStore(path).snapshot()) == {}


def test_current_names_the_live_version_and_staging_is_left_empty(path: Path) -> None:
    store = EmbeddedStore(path)
    put(store, ONE, "a")
    update(store, f"INSERT DATA {{ GRAPH {TWO} {{ <urn:s> <urn:p> 1 }} }}")
    assert (path / "CURRENT").read_text() == "000002\n"
    assert names(path / "versions") == ["000000", "000001", "000002"]
    assert names(path / "staging") == []


def test_a_published_version_never_changes(path: Path) -> None:
    store = EmbeddedStore(path)
    put(store, ONE, "a")
    before = {file: file.read_bytes() for file in (path / "versions" / "000001").iterdir()}
    put(store, ONE, "b")
    store.rollback(1, author="test", message="back")
    assert content(store.snapshot(1)) == {ONE: triples(quads("a"))}
    after = {file: file.read_bytes() for file in (path / "versions" / "000001").iterdir()}
    assert after == before


def test_a_version_shares_the_tables_that_it_did_not_add(path: Path) -> None:
    store = EmbeddedStore(path)
    put(store, ONE, *range(20_000))
    put(store, TWO, "little")
    stats = [file.stat() for file in (path / "versions" / "000002").iterdir()]
    whole = sum(stat.st_size for stat in stats)
    added = sum(stat.st_size for stat in stats if stat.st_nlink == 1)
    assert whole > 2_000_000
    assert added < 50_000


def test_a_small_change_adds_a_log_of_its_size_whatever_came_before(path: Path) -> None:
    store = EmbeddedStore(path)
    for number in range(12):
        version = path / "versions" / f"{put(store, ONE, *range(number + 1)).number:06}"
        own = {file for file in version.iterdir() if file.stat().st_nlink == 1}
        assert {file.suffix for file in own} == {".log", ".sha256", ".json"}
        assert sum(file.stat().st_size for file in own if file.suffix == ".log") < 2_000
    for number in (1, 5, 12):
        assert content(store.snapshot(number)) == {ONE: triples(quads(*range(number)))}


def test_logs_become_tables_before_opening_takes_long(path: Path) -> None:
    store, sizes = EmbeddedStore(path), []
    for number in range(1, 4):
        put(store, ONE, *range(number * 10_000, number * 10_000 + 3_000))
        logs = (path / "versions" / f"{number:06}").glob("*.log")
        sizes.append(sum(log.stat().st_size for log in logs))
    assert max(sizes) <= 8 << 20
    assert sizes != sorted(sizes)
    for number in range(1, 4):
        whole = quads(*range(number * 10_000, number * 10_000 + 3_000))
        assert content(store.snapshot(number)) == {ONE: triples(whole)}


def test_what_another_instance_publishes_is_seen_at_the_next_snapshot(path: Path) -> None:
    reader, writer = EmbeddedStore(path), EmbeddedStore(path)
    assert reader.snapshot().info.number == 0
    put(writer, ONE, "a")
    assert content(reader.snapshot()) == {ONE: triples(quads("a"))}
    put(writer, ONE, "b")
    assert content(reader.snapshot()) == {ONE: triples(quads("b"))}


def test_a_snapshot_is_opened_once_per_version(path: Path) -> None:
    store = EmbeddedStore(path)
    put(store, ONE, "a")
    assert store.snapshot() is store.snapshot() is store.snapshot(1)


def test_threads_read_while_others_publish(path: Path) -> None:
    store = EmbeddedStore(path)
    put(store, ONE, 0)
    put_back: list[set[int]] = []

    def read() -> None:
        seen = set()
        for _ in range(40):
            snapshot = store.snapshot()
            seen.add(len(list(snapshot.quads())) - (snapshot.info.number - 1) % 3)
        put_back.append(seen)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for version in range(2, 7):
        put(store, ONE, *range((version - 1) % 3 + 1))
    for reader in readers:
        reader.join()
    assert put_back == [{1}] * 4
    assert store.snapshot().info.number == 6


def test_a_store_that_was_replaced_by_another_is_read_anew(path: Path) -> None:
    store = EmbeddedStore(path)
    put(store, ONE, "a")
    assert content(store.snapshot()) == {ONE: triples(quads("a"))}
    path.rename(path.with_name("old"))
    put(EmbeddedStore(path), ONE, "b")
    assert content(store.snapshot()) == {ONE: triples(quads("b"))}


def test_rolling_back_publishes_the_old_content_as_a_new_version(path: Path) -> None:
    store = EmbeddedStore(path)
    first = put(store, ONE, "a")
    put(store, ONE, "b")
    back = store.rollback(1, author="Ada", message="Back to 1")
    assert (back.number, back.parent, back.digest) == (3, 2, first.digest)
    assert (back.author, back.message) == ("Ada", "Back to 1")
    assert content(store.snapshot()) == {ONE: triples(quads("a"))}
    put(store, TWO, "x")
    assert content(store.snapshot()) == {ONE: triples(quads("a")), TWO: triples(quads("x"))}


def test_rolling_back_to_equal_content_is_no_new_version(path: Path) -> None:
    store = EmbeddedStore(path)
    live = put(store, ONE, "a")
    assert store.rollback(1, author="test", message="nowhere") == live
    assert store.snapshot().info == live


@pytest.mark.parametrize("number", [-1, 2])
def test_rolling_back_to_no_version_changes_nothing(path: Path, number: int) -> None:
    store = EmbeddedStore(path)
    live = put(store, ONE, "a")
    with pytest.raises(NotFound):
        store.rollback(number, author="test", message="nowhere")
    with pytest.raises(Conflict):
        store.rollback(0, author="test", message="late", expected="another digest")
    assert store.snapshot().info == live
    assert put(store, ONE, "b").number == 2


def test_gc_keeps_the_newest_and_what_is_in_use(path: Path) -> None:
    store, other = EmbeddedStore(path), EmbeddedStore(path)
    for value in range(4):
        put(store, ONE, value)
    used = other.snapshot(2)
    assert store.gc(keep=2) == (0, 1)
    assert [version.number for version in store.versions()] == [4, 3, 2]
    assert content(used) == {ONE: triples(quads(1))}
    with pytest.raises(NotFound):
        store.snapshot(1)
    rows = used.select("SELECT ?o WHERE { ?s ?p ?o }")
    del used
    other.close()
    assert store.gc(keep=1) == (3,)
    assert [row["o"].value for row in rows] == ["1"]  # type: ignore[union-attr]
    del rows
    gc.collect()
    assert store.gc(keep=1) == (2,)
    assert [version.number for version in store.versions()] == [4]
    assert content(store.snapshot()) == {ONE: triples(quads(3))}


def test_a_version_that_is_removed_while_versions_are_listed_is_left_out(path: Path) -> None:
    store = EmbeddedStore(path)
    put(store, ONE, "a")
    put(store, ONE, "b")
    listed = store.versions()
    store.gc(keep=1)
    assert [each.number for each in listed] == [each.number for each in listed[:]] == [2]
    with pytest.raises(NotFound, match="any more"):
        _ = listed[-1]


@pytest.mark.parametrize("keep", [1, 0, -5])
def test_gc_never_removes_the_live_version(path: Path, keep: int) -> None:
    store = EmbeddedStore(path)
    put(store, ONE, "a")
    assert store.gc(keep=keep) == (0,)
    assert [version.number for version in store.versions()] == [1]
    assert put(store, ONE, "b").number == 2


def test_a_writer_that_others_keep_waiting_gives_up(path: Path) -> None:
    with EmbeddedStore(path).begin(author="test", message="slow") as change:
        change.replace(ONE, quads("a"))
        with pytest.raises(Busy):
            EmbeddedStore(path, patience=0.02).begin(author="test", message="in a hurry")
        change.publish()
    assert content(EmbeddedStore(path).snapshot()) == {ONE: triples(quads("a"))}


def test_left_overs_go_when_the_next_writer_begins(path: Path) -> None:
    store = EmbeddedStore(path)
    put(store, ONE, "a")
    (path / "staging" / "crashed").mkdir()
    (path / "versions" / "000002").mkdir()
    assert store.snapshot().info.number == 1
    assert [version.number for version in store.versions()] == [1, 0]
    with pytest.raises(NotFound):
        store.snapshot(2)
    with store.begin(author="test", message="next"):
        assert len(names(path / "staging")) == 1
        assert names(path / "versions") == ["000000", "000001"]
    assert put(store, ONE, "b").number == 2


def test_a_store_that_a_crash_left_half_made_is_made_anew(path: Path) -> None:
    for folder in ("versions/000000", "staging/new"):
        (path / folder).mkdir(parents=True)
    (path / "LOCK").touch()
    store = EmbeddedStore(path)
    assert store.snapshot().info.number == 0
    assert put(store, ONE, "a").number == 1
    assert content(store.snapshot()) == {ONE: triples(quads("a"))}


def test_graphs_that_do_not_fit_into_memory_at_once_are_written_in_parts(path: Path) -> None:
    store = EmbeddedStore(path, batch=100)
    put(store, ONE, *range(1000))
    put(store, DefaultGraph(), "a")
    put(store, TWO, *range(100))
    with store.begin(author="test", message="twice as many") as change:
        change.insert(ONE, quads(*range(2000)))
        change.publish()
    assert content(store.snapshot()) == {
        ONE: triples(quads(*range(2000))),
        TWO: triples(quads(*range(100))),
        DefaultGraph(): triples(quads("a")),
    }
    put(store, ONE, "b")
    with store.begin(author="test", message="drop") as change:
        change.drop(TWO)
        change.publish()
    assert content(store.snapshot()) == {
        ONE: triples(quads("b")),
        DefaultGraph(): triples(quads("a")),
    }


def test_versions_beyond_current_are_not_removed_but_refused(path: Path) -> None:
    store = EmbeddedStore(path)
    for value in range(3):
        put(store, ONE, value)
    (path / "CURRENT").write_text("000001\n")
    with pytest.raises(StoreCorrupt, match="newer"):
        put(store, ONE, "b")
    (path / "CURRENT").write_text("000003\n")
    assert [content(store.snapshot(number)) for number in (2, 3)] == [
        {ONE: triples(quads(1))},
        {ONE: triples(quads(2))},
    ]


@pytest.mark.parametrize(
    "what", ["file", "other files", "an Oxigraph store", "no number", "no version", "other format"]
)
def test_a_folder_of_something_else_is_refused_and_left_as_it_is(path: Path, what: str) -> None:
    make_something_else(path, what)
    before = files(path)
    store = EmbeddedStore(path)
    for action in (
        store.snapshot,
        lambda: store.versions()[0],
        lambda: store.begin(author="test", message="none"),
        lambda: store.gc(keep=1),
    ):
        with pytest.raises(StoreError, match=r"store") as caught:
            action()
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
    assert files(path) - {"LOCK", "staging"} == before - {"LOCK", "staging"}


def make_something_else(path: Path, what: str) -> None:
    """Put at ``path`` what is no store, or not one that can be read."""
    if what == "file":
        path.write_text("text")
    elif what == "an Oxigraph store":
        Oxigraph(str(path)).flush()
    elif what == "other files":
        path.mkdir()
        (path / "letter.txt").touch()
    else:
        put(EmbeddedStore(path), ONE, "a")
    if what == "no number":
        (path / "CURRENT").write_bytes(b"\xff")
    elif what == "no version":
        (path / "CURRENT").write_text("000007\n")
    elif what == "other format":
        about = path / "versions" / "000001" / "version.json"
        about.write_text(about.read_text().replace('"format": 2', '"format": 99'))


def test_damaged_tables_are_reported_and_other_versions_served(path: Path) -> None:
    store = EmbeddedStore(path)
    put(store, ONE, "a")
    put(store, TWO, *range(10_000))
    for table in (path / "versions" / "000002").glob("*.sst"):
        if table.stat().st_nlink == 1:
            table.write_bytes(b"damaged")
    with pytest.raises(StoreCorrupt, match=r"000002"):
        content(EmbeddedStore(path).snapshot())
    assert content(EmbeddedStore(path).snapshot(1)) == {ONE: triples(quads("a"))}


@pytest.mark.parametrize("damaged", [b"", b"\xff", b"damaged"], ids=["cut", "binary", "other"])
@pytest.mark.parametrize("kind", ["*.log", "logs.sha256"])
def test_a_damaged_log_is_reported_and_nothing_is_built_upon_it(
    path: Path, kind: str, damaged: bytes
) -> None:
    put(EmbeddedStore(path), ONE, "a")
    for file in (path / "versions" / "000001").glob(kind):
        whole = file.read_bytes()
        file.write_bytes(whole[: len(whole) // 2] + damaged)
    with pytest.raises(StoreCorrupt, match=r"000001"):
        content(EmbeddedStore(path).snapshot())
    with pytest.raises(StoreCorrupt, match=r"000001"):
        put(EmbeddedStore(path), ONE, "b")
    assert content(EmbeddedStore(path).snapshot(0)) == {}
    assert (path / "CURRENT").read_text() == "000001\n"


def test_a_damaged_description_is_reported(path: Path) -> None:
    put(EmbeddedStore(path), ONE, "a")
    (path / "versions" / "000001" / "version.json").write_text("{")
    with pytest.raises(StoreCorrupt, match=r"version\.json"):
        EmbeddedStore(path).snapshot()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (-signal.SIGALRM, QueryTimeout),
        (-signal.SIGABRT, QueryMemory),
        (-signal.SIGKILL, QueryInterrupted),
        (_DISK, OSError),
        (_FAILED, StoreError),
    ],
)
def test_each_end_of_the_process_of_an_update_has_its_error(
    code: int, expected: type[Exception]
) -> None:
    output = encode_error(StoreError("damaged")) if code == _FAILED else b"No space left"
    limits = UpdateLimits(seconds=1, memory_mib=64, network=False)
    assert type(_cause(code, output, limits)) is expected


def test_iris_with_unusual_characters_are_graph_names_like_others(path: Path) -> None:
    store = EmbeddedStore(path)
    graph = type(ONE)(f"{EX}グラフ/%20?a=b#c'()")
    info = put(store, graph, "a")
    assert set(info.graphs) == {graph.value}
    assert store.snapshot().info == store.versions()[0] == EmbeddedStore(path).snapshot().info
    assert content(store.snapshot()) == {graph: triples(quads("a"))}
