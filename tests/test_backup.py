"""A backup brings back every version and the tokens, or nothing at all."""

from __future__ import annotations

import io
import json
import stat
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from kg.errors import Busy, Conflict, InputError, KgError, NotFound
from kg.exchange.backup import backup, restore
from kg.store.embedded.folder import Folder, Lock
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


def forged(path: Path, sums: dict[str, str], *members: tarfile.TarInfo, format_: int = 1) -> Path:
    """An archive whose manifest has these checksums, with members that contain ``x``, if any."""
    manifest = json.dumps({"format": format_, "current": 0, "sha256": sums}).encode()
    with tarfile.open(path, "w:gz") as archive:
        for about, content in ((tarfile.TarInfo("manifest.json"), manifest), *_contents(members)):
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
    return path


def _contents(members: Iterable[tarfile.TarInfo]) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    for each in members:
        yield each, b"x" if each.isreg() else b""


def _member(name: str, kind: bytes = tarfile.REGTYPE, *, to: str = "") -> tarfile.TarInfo:
    about = tarfile.TarInfo(name)
    about.type, about.linkname = kind, to
    return about


@pytest.mark.parametrize("name", ["../escape", "/tmp/escape", "versions/000001/../../x", "LOCK"])  # noqa: S108
def test_a_file_out_of_place_is_refused(tmp_path: Path, name: str) -> None:
    file, again = forged(tmp_path / "evil.tar.gz", {name: "x"}, _member(name)), tmp_path / "again"
    with pytest.raises(InputError):
        restore(file, again, again / "tokens.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil.tar.gz"]


PLACE = "versions/000001/CURRENT"


@pytest.mark.parametrize(
    ("members", "format_", "message"),
    [
        ([], 1, f"{PLACE} is missing"),
        ([_member(PLACE)], 2, "its format is 2, this program reads 1"),
        ([_member(PLACE)], 1, f"{PLACE} is damaged"),
        ([_member(PLACE, tarfile.LNKTYPE, to="/etc/passwd")], 1, f"{PLACE} is a link out of it"),
        ([_member(PLACE, tarfile.DIRTYPE)], 1, "CURRENT is no file"),
    ],
    ids=["missing", "format", "damaged", "link", "folder"],
)
def test_an_archive_that_is_not_what_its_manifest_says_is_refused(
    tmp_path: Path, members: list[tarfile.TarInfo], format_: int, message: str
) -> None:
    file = forged(tmp_path / "evil.tar.gz", {PLACE: "0" * 64}, *members, format_=format_)
    with pytest.raises(InputError, match=message):
        restore(file, tmp_path / "again", tmp_path / "again" / "tokens.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil.tar.gz"]


def test_an_archive_without_a_manifest_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        archive.addfile(_member("readme"))
    with pytest.raises(InputError, match="it has no manifest"):
        restore(file, tmp_path / "again", tmp_path / "again" / "tokens.json")


def test_a_version_that_somebody_removes_is_left_out(store: Path, tmp_path: Path) -> None:
    removed = Lock(Folder(store).version(1))
    assert removed.try_exclusive()
    assert backup(store, store / "tokens.json", tmp_path / "three.tar.gz") == 3
    removed.release()


def test_what_is_no_store_or_no_backup_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        backup(tmp_path / "no", tmp_path / "no" / "tokens.json", tmp_path / "b")
    for content in (None, b"", b"text"):
        file = tmp_path / "file"
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(InputError):
            restore(file, tmp_path / "again", tmp_path / "again" / "tokens.json")
