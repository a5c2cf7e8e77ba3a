"""Tokens: only digests are kept, in a file for its owner's eyes, and changes count at once."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kg.errors import Conflict, InputError, NotFound, StoreError
from kg.settings import Settings
from kg.writing.access import Scope, Tokens, token_path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "tokens.json"


def test_a_secret_is_found_by_whoever_has_it_and_kept_nowhere(path: Path) -> None:
    secret = Tokens(path).add("anna", Scope.WRITE)
    found = Tokens(path).find(secret)
    assert found is not None
    assert (found.name, found.scope) == ("anna", Scope.WRITE)
    assert secret.removeprefix("kg_") not in path.read_text()
    assert Tokens(path).find(found.digest) is None
    assert len(secret) >= 46, "256 random bits"


def test_the_file_is_for_its_owner_only_even_after_a_crash(path: Path) -> None:
    path.parent.mkdir()
    path.with_name("tokens.json.new").touch(mode=0o666)
    Tokens(path).add("anna", Scope.ADMIN)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_process_sees_changes_at_once(path: Path) -> None:
    ours, theirs = Tokens(path), Tokens(path)
    assert theirs.all() == ()
    secret = ours.add("anna", Scope.WRITE)
    ours.add("ben", Scope.ADMIN)
    assert [each.name for each in theirs.all()] == ["anna", "ben"]
    ours.revoke("anna")
    assert theirs.find(secret) is None


def test_names_are_unique_and_plain(path: Path) -> None:
    tokens = Tokens(path)
    tokens.add("anna", Scope.WRITE)
    with pytest.raises(Conflict):
        tokens.add("anna", Scope.ADMIN)
    for name in ("", "a b", "-x", "a\n", "ü", "x" * 65):
        with pytest.raises(InputError):
            tokens.add(name, Scope.WRITE)
    with pytest.raises(NotFound):
        tokens.revoke("ben")
    assert [each.name for each in tokens.all()] == ["anna"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"tokens": [{"name": "a"}]}', "\x00"])
def test_a_broken_file_is_an_error_and_never_an_open_door(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(StoreError):
        Tokens(path).find("kg_x")


def test_admin_covers_write_and_not_the_reverse() -> None:
    assert Scope.ADMIN.covers(Scope.WRITE)
    assert Scope.ADMIN.covers(Scope.ADMIN)
    assert Scope.WRITE.covers(Scope.WRITE)
    assert not Scope.WRITE.covers(Scope.ADMIN)


def test_tokens_are_in_the_store_unless_a_setting_says_where() -> None:
    assert token_path(Settings(store="there")) == Path("there/tokens.json")
    assert token_path(Settings(store="memory:")) == Path(".kg/tokens.json")
    assert token_path(Settings(store="https://x/sparql")) == Path(".kg/tokens.json")
    assert token_path(Settings(store="there", tokens="elsewhere")) == Path("elsewhere")
