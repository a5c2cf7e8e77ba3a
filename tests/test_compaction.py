"""Compaction: nobody waits for it, nothing is lost by it, and the next version begins from it."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kg.cli.main import main
from kg.errors import StoreCorrupt, StoreFull, StoreUnwritable
from kg.rdf.terms import DefaultGraph
from kg.store.base import VersionInfo
from kg.store.embedded.compaction import compact, is_due
from kg.store.embedded.folder import Folder, Lock
from kg.store.embedded.store import EmbeddedStore
from kg.store.embedded.version_file import write_version
from kg.store.tables import WORTH_COMPACTING
from tests.commands import serving
from tests.content import ONE, THREE, TWO, content, put, quads, quick_folder, triples
from tests.faults.limits import full_disk, powerless, read_only
from tests.test_serving import wait_until


@pytest.fixture
def path() -> Iterator[Path]:
    """A store with two versions of two graphs, apart from version 0."""
    with quick_folder() as folder:
        store = EmbeddedStore(folder / "store")
        put(store, ONE, *range(100))
        put(store, TWO, *range(50))
        store.close()
        yield store.path


def wear(path: Path, tables: int) -> None:
    """Note as many tables at level 0 in the live version."""
    note = Folder(path).version(EmbeddedStore(path).snapshot().info.number) / "LEVEL0"
    note.unlink()  # other versions share it
    note.write_text(f"{tables}\n")


def names(folder: Path) -> list[str]:
    """The names in a folder, sorted; none where it is not there."""
    return sorted(entry.name for entry in folder.iterdir()) if folder.exists() else []


def assert_next_is_whole(path: Path) -> None:
    """Check that the next version has the old content and the change, and that all is tidy."""
    store = EmbeddedStore(path)
    before = content(store.snapshot())
    with store.begin(author="test", message="next") as change:
        assert content(change) == before
        change.replace(DefaultGraph(), quads("next"))
        published = change.publish()
    assert content(EmbeddedStore(path).snapshot()) == {
        **before,
        DefaultGraph(): triples(quads("next")),
    }
    assert names(path / "versions")[-1] == f"{published.number:06}"
    assert names(path / "compacted") == names(path / "staging") == []
    assert not (path / "compacting").exists()


def files(folder: Path) -> dict[str, bytes]:
    """The content of every file in a folder."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_the_next_version_begins_from_the_copy_and_no_version_changes(path: Path) -> None:
    live = path / "versions" / "000002"
    before = files(live)
    assert compact(path)
    assert compact(path), "again, in place of the first copy"
    assert names(path / "compacted") == ["000002"]
    assert files(live) == before
    copied = {file.stat().st_ino for file in (path / "compacted" / "000002").glob("*.sst")}
    assert_next_is_whole(path)
    assert copied <= {file.stat().st_ino for file in (path / "versions" / "000003").iterdir()}
    assert files(live) == before


def test_what_others_publish_meanwhile_is_in_the_copy(path: Path) -> None:
    store, steps = EmbeddedStore(path), iter(range(1000))

    def work(_step: str, /, *, done: int, total: int) -> None:
        assert 0 <= done <= total
        if next(steps) == 0:
            put(store, ONE, "another")
            put(store, THREE, "new")
            with store.begin(author="test", message="drop") as change:
                change.drop(TWO)
                change.publish()
            assert not compact(path), "one at a time"

    assert compact(path, progress=work)
    assert names(path / "compacted") == ["000005"]
    with EmbeddedStore(path).begin(author="test", message="look") as change:
        assert content(change) == {
            ONE: triples(quads("another")),
            THREE: triples(quads("new")),
        }
        assert change.changed() == ()
    assert_next_is_whole(path)


def test_a_writer_that_gives_up_leaves_the_copy_to_the_next(path: Path) -> None:
    assert compact(path)
    with EmbeddedStore(path).begin(author="test", message="none") as change:
        change.replace(ONE, quads("never"))
    assert names(path / "compacted") == ["000002"]
    assert_next_is_whole(path)


def test_going_back_to_an_old_version_makes_the_copy_useless(path: Path) -> None:
    assert compact(path)
    EmbeddedStore(path).rollback(1, author="test", message="back")
    assert names(path / "compacted") == []
    assert content(EmbeddedStore(path).snapshot()) == {ONE: triples(quads(*range(100)))}
    assert_next_is_whole(path)


def test_the_next_writer_removes_what_a_crash_has_left(path: Path) -> None:
    (path / "compacting" / "draft").mkdir(parents=True)
    (path / "compacted" / "000001").mkdir(parents=True)
    assert_next_is_whole(path)


def test_a_writer_leaves_alone_what_is_being_compacted(path: Path) -> None:
    lock = Folder(path).lock_for_compacting()
    assert lock
    (path / "compacting" / "draft").mkdir()
    put(EmbeddedStore(path), ONE, "a")
    assert names(path / "compacting") == ["draft"]
    assert not compact(path)
    lock.release()
    assert_next_is_whole(path)


def test_a_copy_that_differs_from_the_version_is_thrown_away(path: Path) -> None:
    store, steps = EmbeddedStore(path), iter(range(1000))

    def work(_step: str, /, *, done: int, total: int) -> None:
        assert done <= total
        if next(steps) == 0:
            claim_another_digest(path, put(store, ONE, "another"))

    with pytest.raises(StoreCorrupt, match="graph/one"):
        compact(path, progress=work)
    assert names(path) == ["CURRENT", "LOCK", "staging", "versions"]


def claim_another_digest(path: Path, info: VersionInfo) -> None:
    """Make what is said of graph ONE in a version untrue."""
    folder = Folder(path).version(info.number)
    for name in ("version.json", "graphs.json.gz"):
        (folder / name).unlink()
    untrue = replace(info.graphs[ONE.value], digest="0" * 64)
    graphs = {**info.graphs, ONE.value: untrue}
    write_version(folder, replace(info, graphs=graphs), like=None)


def test_a_full_disk_is_told_and_leaves_nothing(path: Path) -> None:
    before = content(EmbeddedStore(path).snapshot())
    with full_disk(100), pytest.raises(StoreFull):
        compact(path)
    assert names(path) == ["CURRENT", "LOCK", "staging", "versions"]
    assert content(EmbeddedStore(path).snapshot()) == before
    assert_next_is_whole(path)


def test_a_read_only_folder_is_told(path: Path) -> None:
    with read_only(path), powerless(), pytest.raises(StoreUnwritable):
        compact(path)
    assert_next_is_whole(path)


def test_where_there_is_no_store_there_is_nothing_to_do(tmp_path: Path) -> None:
    assert not is_due(tmp_path / "none")
    assert not compact(tmp_path / "none")
    assert names(tmp_path) == []


def test_it_is_due_when_tables_are_many_until_it_is_done(path: Path) -> None:
    assert not is_due(path)
    wear(path, WORTH_COMPACTING)
    assert is_due(path)
    assert compact(path)
    assert not is_due(path)
    put(EmbeddedStore(path), ONE, "a")
    assert not is_due(path)


def test_a_note_that_is_damaged_is_told(path: Path) -> None:
    wear(path, WORTH_COMPACTING)
    (path / "versions" / "000002" / "LEVEL0").write_text("many")
    with pytest.raises(StoreCorrupt, match="LEVEL0"):
        is_due(path)


def test_a_store_that_nobody_compacts_is_put_in_order_by_a_commit(path: Path) -> None:
    """Logs become tables here, a thirty-first one at level 0: RocksDB would soon write no more."""
    wear(path, 30)
    store = EmbeddedStore(path)
    put(store, TWO, *range(9_000))
    number = put(store, TWO, *range(9_000, 18_000)).number
    assert int((path / "versions" / f"{number:06}" / "LEVEL0").read_text()) < 3
    assert content(store.snapshot()) == {
        ONE: triples(quads(*range(100))),
        TWO: triples(quads(*range(9_000, 18_000))),
    }


def test_the_command_puts_the_store_in_order(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gc", "--keep", "1", "--store", str(path)]) == 0
    assert capsys.readouterr().out == "Removed 2 versions.\n"
    wear(path, WORTH_COMPACTING)
    assert main(["gc", "--keep", "1", "--store", str(path)]) == 0
    assert capsys.readouterr().out == "Removed 0 versions.\nPut the store in order.\n"
    assert_next_is_whole(path)


def test_a_server_puts_its_store_in_order(path: Path, tmp_path: Path) -> None:
    wear(path, WORTH_COMPACTING)
    compacted = path / "compacted" / "000002"
    with serving("--store", path, "--workers", "1", log=tmp_path / "log") as server:
        wait_until(compacted.exists)
        wait_until(lambda: not (path / "compacting").exists())
        with urllib.request.urlopen(f"{server.url}/versions", timeout=30) as response:
            assert response.status == 200
    assert (tmp_path / "log").read_text() == ""
    assert_next_is_whole(path)


def test_a_process_that_compacts_ends_with_its_server(path: Path) -> None:
    """Whatever ends the server: the lock is free soon after."""
    wear(path, WORTH_COMPACTING)
    lock = Lock(path / "LOCK")
    assert lock.try_exclusive()  # so that it cannot finish
    with serving("--store", path, "--workers", "1", log=path.parent / "log"):
        wait_until((path / "compacting" / "ordered").exists)
    wait_until(lambda: (free := Folder(path).lock_for_compacting()) and free.release() is None)
    lock.release()
    assert_next_is_whole(path)
