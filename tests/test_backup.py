"""A backup brings back every version and the tokens, or nothing at all."""

from __future__ import annotations

import io
import stat
import tarfile
from pathlib import Path

import pytest

from kg.errors import Busy, Conflict, InputError, KgError, NotFound
from kg.exchange.backup import backup, restore
from kg.store.embedded.store import EmbeddedStore
from kg.writing.access import Scope, Tokens


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store of four versions with a token."""
    path = tmp_path / "store"
    Tokens(path / "tokens.json").add("anna", Scope.WRITE)
    found = EmbeddedStore(path)
    for number in range(3):
        with found.begin(author="test", message=str(number)) as change:
            change.update(f"INSERT DATA {{ GRAPH <urn:{number}> {{ <urn:a> <urn:b> {number} }} }}")
            change.publish()
    found.close()
    return path


@pytest.fixture
def file(store: Path, tmp_path: Path) -> Path:
    """A backup of that store."""
    path = tmp_path / "backup.tar.gz"
    assert backup(store, store / "tokens.json", path) == 4
    return path


def test_versions_and_tokens_come_back(store: Path, file: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert restore(file, again, again / "tokens.json") == 4
    before, after = EmbeddedStore(store), EmbeddedStore(again)
    assert tuple(after.versions()) == tuple(before.versions())
    for info in before.versions():
        quads = {frozenset(each.snapshot(info.number).quads()) for each in (before, after)}
        assert len(quads) == 1
    assert Tokens(again / "tokens.json").all() == Tokens(store / "tokens.json").all()
    assert stat.S_IMODE((again / "tokens.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_restored_store_takes_new_versions(file: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    restore(file, again, again / "tokens.json")
    with EmbeddedStore(again).begin(author="test", message="more") as change:
        change.update("DROP ALL")
        assert change.publish().number == 4


def test_nothing_is_overwritten_without_force(store: Path, file: Path) -> None:
    with pytest.raises(Conflict):
        backup(store, store / "tokens.json", file)
    with pytest.raises(Conflict):
        restore(file, store, store / "tokens.json")
    with EmbeddedStore(store).begin(author="test", message="more") as change:
        change.update("DROP ALL")
        change.publish()
    assert restore(file, store, store / "tokens.json", force=True) == 4
    assert EmbeddedStore(store).snapshot().info.number == 3


def test_tokens_elsewhere_go_there(store: Path, file: Path, tmp_path: Path) -> None:
    tokens = tmp_path / "etc" / "tokens.json"
    restore(file, tmp_path / "again", tokens)
    assert Tokens(tokens).all() == Tokens(store / "tokens.json").all()
    assert not (tmp_path / "again" / "tokens.json").exists()


def test_a_store_that_is_served_is_left_alone(store: Path, file: Path) -> None:
    snapshot = EmbeddedStore(store).snapshot()
    with pytest.raises(Busy):
        restore(file, store, store / "tokens.json", force=True)
    assert snapshot.info == EmbeddedStore(store).snapshot().info


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("harm", ["cut", "flipped"])
def test_a_damaged_file_restores_nothing(
    file: Path, tmp_path: Path, harm: str, share: float
) -> None:
    content = bytearray(file.read_bytes())
    place = int(len(content) * share)
    if harm == "cut":
        del content[place:]
    else:
        content[place] ^= 0xFF
    file.write_bytes(content)
    again = tmp_path / "again"
    with pytest.raises(KgError):
        restore(file, again, again / "tokens.json")
    assert not again.exists()
    assert not again.with_name("again.restoring").exists()


@pytest.mark.parametrize("name", ["../escape", "/tmp/escape", "versions/000001/../../x", "LOCK"])  # noqa: S108
def test_a_file_out_of_place_is_refused(tmp_path: Path, name: str) -> None:
    file, again = tmp_path / "evil.tar.gz", tmp_path / "again"
    with tarfile.open(file, "w:gz") as archive:
        manifest = b'{"format": 1, "current": 0, "sha256": {"%s": "x"}}' % name.encode()
        for each, content in (("manifest.json", manifest), (name, b"x")):
            about = tarfile.TarInfo(each)
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
    with pytest.raises(InputError):
        restore(file, again, again / "tokens.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil.tar.gz"]


def test_what_is_no_store_or_no_backup_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        backup(tmp_path / "no", tmp_path / "no" / "tokens.json", tmp_path / "b")
    for content in (None, b"", b"text"):
        file = tmp_path / "file"
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(InputError):
            restore(file, tmp_path / "again", tmp_path / "again" / "tokens.json")
