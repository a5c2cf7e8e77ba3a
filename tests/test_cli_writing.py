"""The commands for tokens, history and backups, as their users see them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.cli.main import main
from kg.store.embedded.store import EmbeddedStore
from kg.writing.access import Scope, Tokens


@dataclass
class Kg:
    """Runs commands on one store and gives what they print."""

    store: Path
    capture: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str | Path, code: int = 0) -> str:
        options = ["--store", str(self.store)]
        assert main([*map(str, arguments), *options]) == code, self.capture.readouterr()
        printed = self.capture.readouterr()
        return printed.out if code == 0 else printed.err

    @property
    def digest(self) -> str:
        """The digest of the current version."""
        return EmbeddedStore(self.store).snapshot().info.digest


@pytest.fixture
def kg(memory: Path, capsys: pytest.CaptureFixture[str]) -> Kg:
    """Commands on a store with versions 1 and 2 of a graph."""
    store = EmbeddedStore(memory / "store")
    for number in (1, 2):
        with store.begin(author="anna", message=f"Say {number}") as change:
            insert = f"INSERT DATA {{ GRAPH <urn:g> {{ <urn:a> <urn:b> {number} }} }}"
            change.update(f"DROP SILENT GRAPH <urn:g> ; {insert}")
            change.publish()
    store.close()
    return Kg(memory / "store", capsys)


@pytest.fixture
def plain(tmp_path: Path) -> tuple[str, ...]:
    """Options for no ontology and no shapes."""
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    return ("--ontology", str(nothing), "--shapes", str(nothing))


def test_log_lists_versions_newest_first(kg: Kg) -> None:
    rows = [line.split("\t") for line in kg("log").splitlines()]
    assert [(row[0], row[2], row[4]) for row in rows[:2]] == [
        ("2", "anna", "Say 2"),
        ("1", "anna", "Say 1"),
    ]
    assert len(kg("log", "-n", "1").splitlines()) == 1
    assert [each["number"] for each in json.loads(kg("log", "--format", "json"))] == [2, 1, 0]


def test_diff_shows_what_came_and_went(kg: Kg) -> None:
    lines = kg("diff", "1").splitlines()
    assert lines[0] == "Version 1 to 2: 1 removed, 1 added"
    assert sorted(line[0] for line in lines[-2:]) == ["+", "-"]
    assert kg("diff", "1", "2", "--format", "patch").startswith("H id <urn:x-kg:version:")
    assert "no version 9" in kg("diff", "9", code=1)


def test_rollback_and_patch_go_back_and_forth(
    kg: Kg, plain: tuple[str, ...], tmp_path: Path
) -> None:
    second = kg.digest
    patch = tmp_path / "forth.rdfp"
    patch.write_text(kg("diff", "1", "2", "--format", "patch"))
    assert kg("rollback", "1", *plain) == "Published version 3.\n"
    assert kg("patch", patch, "-m", "Forth again", *plain) == "Published version 4.\n"
    assert kg.digest == second
    assert kg("log", "-n", "1").rstrip().endswith("Forth again")
    assert "another version" in kg("patch", patch, *plain, code=3)
    assert kg("rollback", "4", *plain) == "Nothing to do: the store is as in version 4.\n"


def test_rollback_is_validated_as_any_change(kg: Kg) -> None:
    before = kg.digest
    kg("rollback", "1", code=2)
    assert kg.digest == before


def test_gc_keeps_the_newest(kg: Kg) -> None:
    assert kg("gc", "--keep", "1") == "Removed 2 versions.\n"
    assert [each["number"] for each in json.loads(kg("log", "--format", "json"))] == [2]
    kg("gc", "--keep", "0", code=2)


def test_a_token_is_printed_once_listed_without_its_secret_and_revoked(kg: Kg) -> None:
    secret = kg("token", "add", "ben", "--scope", "admin").strip()
    found = Tokens(kg.store / "tokens.json").find(secret)
    assert found is not None
    assert found.scope is Scope.ADMIN
    listed = kg("token", "list")
    assert listed.startswith("ben\tadmin\t")
    assert secret not in listed
    kg("token", "revoke", "ben")
    assert kg("token", "list") == ""
    assert "no token 'ben'" in kg("token", "revoke", "ben", code=1)


def test_backup_and_restore(kg: Kg, tmp_path: Path) -> None:
    file, digest = tmp_path / "backup.tar.gz", kg.digest
    assert kg("backup", file) == f"Wrote 3 versions to {file}.\n"
    assert "--force" in kg("backup", file, code=3)
    assert "--force" in kg("restore", file, code=3)
    again = Kg(tmp_path / "again", kg.capture)
    assert again("restore", file) == f"Restored 3 versions to {again.store}.\n"
    assert again.digest == digest


def test_a_store_in_memory_has_no_files_to_keep(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gc", "--keep", "1", "--store", "memory:"]) == 3
    assert "must be a folder" in capsys.readouterr().err
