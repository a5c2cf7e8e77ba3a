"""``kg build`` publishes all or nothing, and says in one line what is wrong with its input."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg.cli.exits import Exit
from kg.cli.main import main
from kg.rdf.terms import Literal, NamedNode, Quad
from kg.settings import Settings
from kg.store.base import VersionInfo
from kg.store.opening import open_store
from tests.knowledge import ROOT

ARTICLE = "yomiuri-2025-08-17.ttl"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A copy of the articles, to change."""
    return shutil.copytree(ROOT / "articles", tmp_path / "articles")


def version(store: Path | str) -> VersionInfo:
    """The current version of a store."""
    return open_store(Settings(store=str(store))).versions()[0]


def test_the_first_build_publishes_and_tells_its_figures(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a pipe: one line, and a line for each graph, with tabs."""
    assert main(["build", "--store", settings.store]) == Exit.OK
    known = version(settings.store)
    lines = capsys.readouterr().out.splitlines()
    assert f"version 1 in {settings.store}: 5 graphs, {known.triples} triples" in lines[0]
    assert "validated in" in lines[0]
    names = [line.split("\t")[0] for line in lines[1:]]
    assert names == ["concepts", "entities", "ontology", "shapes", "yomiuri-2025-08-17"]
    assert known.author


def test_a_second_build_has_nothing_to_do(
    own_store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", "--store", str(own_store)]) == Exit.OK
    assert capsys.readouterr().out.startswith("Nothing to do: version 1 ")
    assert version(own_store).number == 1


def test_a_quiet_build_writes_nothing(
    own_store: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """But it does its work."""
    entities = articles / "entities.ttl"
    entities.write_text(entities.read_text().replace('"Vladimir Putin"@en', '"V. Putin"@en'))
    arguments = ["build", "--quiet", "--store", str(own_store), "--articles", str(articles)]
    assert main(arguments) == Exit.OK
    assert capsys.readouterr() == ("", "")
    assert version(own_store).number == 2


def test_only_changed_graphs_are_written(
    own_store: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = version(own_store).graphs
    path = articles / "entities.ttl"
    path.write_text(path.read_text().replace('"Vladimir Putin"@en', '"V. Putin"@en'))
    assert main(["build", "--store", str(own_store), "--articles", str(articles)]) == Exit.OK
    after = version(own_store).graphs
    assert [iri.rpartition("/")[2] for iri in after if after[iri] != before[iri]] == ["entities"]
    assert "entities\t340\twritten" in capsys.readouterr().out


def test_an_edit_in_the_store_is_not_overwritten_unless_forced(
    own_store: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = NamedNode("https://w3id.org/editorial-kg/graph/entities")
    edit = Quad(graph, NamedNode("http://purl.org/dc/terms/title"), Literal("edited"), graph)
    with open_store(Settings(store=str(own_store))).begin(author="x", message="edit") as change:
        change.insert(graph, [edit])
        edited = change.publish()
    path = articles / "entities.ttl"
    path.write_text(path.read_text().replace('"Vladimir Putin"@en', '"V. Putin"@en'))
    arguments = ["build", "--store", str(own_store), "--articles", str(articles)]
    assert main(arguments) == Exit.CANNOT
    assert "--force" in capsys.readouterr().err
    assert version(own_store) == edited
    assert main([*arguments, "--force"]) == Exit.OK
    assert version(own_store).number == edited.number + 1


@pytest.mark.parametrize(
    ("content", "message", "code"),
    [
        ("@prefix : <http://x.example/> .\n:a :b :c .\n:a :b ] .", "line 3, column", Exit.USAGE),
        ("", "there is no triple in it", Exit.USAGE),
        ("# only a comment\n", "there is no triple in it", Exit.USAGE),
        ("Dear editor,\nthis is a letter.", "line 1, column", Exit.USAGE),
        ("<http://x.example/a> <b> \xff .", "line 1, column", Exit.USAGE),
    ],
    ids=["syntax error", "empty", "comment", "no RDF", "not UTF-8"],
)
def test_a_broken_file_is_one_line_and_changes_nothing(
    own_store: Path,
    articles: Path,
    capsys: pytest.CaptureFixture[str],
    content: str,
    message: str,
    code: Exit,
) -> None:
    before = version(own_store)
    path = articles / ARTICLE
    path.write_bytes(content.encode("latin-1"))
    arguments = ["build", "--store", str(own_store), "--articles", str(articles)]
    assert main(arguments) == code
    written = capsys.readouterr()
    assert written.out == ""
    assert len(written.err.splitlines()) == 1
    assert written.err.startswith(f"kg: {path}")
    assert message in written.err
    assert version(own_store) == before


def test_a_graph_that_does_not_conform_is_reported_and_changes_nothing(
    own_store: Path, articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report comes first, the one line last."""
    before = version(own_store)
    path = articles / "entities.ttl"
    path.write_text(path.read_text().replace('dcterms:identifier "putin" ;', "", 1))
    arguments = ["build", "--store", str(own_store), "--articles", str(articles)]
    assert main(arguments) == Exit.NO
    errors = capsys.readouterr().err
    assert "id:putin" in errors
    assert errors.splitlines()[-1] == "kg: The source files do not conform to the shapes."
    assert version(own_store) == before


def test_a_missing_folder_is_one_line(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "nowhere"
    assert main(["build", "--store", settings.store, "--articles", str(missing)]) == Exit.CANNOT
    assert capsys.readouterr().err == f"kg: {missing}: there is no such folder.\n"
    assert not Path(settings.store).exists()


def test_a_store_that_cannot_be_written_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Below a file no folder can be, whoever asks for it."""
    (tmp_path / "file").write_text("x")
    assert main(["build", "--store", str(tmp_path / "file" / "store")]) == Exit.CANNOT
    written = capsys.readouterr()
    assert len(written.err.splitlines()) == 1
    assert str(tmp_path / "file" / "store") in written.err
    assert (tmp_path / "file").read_text() == "x"


def test_a_folder_that_is_no_store_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "CURRENT").write_text("MANIFEST-000004\n")
    assert main(["build", "--store", str(tmp_path)]) == Exit.CANNOT
    assert "no store of ours" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["CURRENT"]
