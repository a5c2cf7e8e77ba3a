"""``kg validate`` holds files against the shapes, without a store."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kg.cli.exits import Exit
from kg.cli.main import main
from kg.rdf.formats import TURTLE
from kg.rdf.namespaces import SH
from kg.rdf.parsing import parse
from kg.rdf.terms import NamedNode
from tests.knowledge import ROOT

VALID = ROOT / "tests" / "data" / "valid" / "minimal.ttl"
INVALID = ROOT / "tests" / "data" / "invalid" / "C01.ttl"


def test_a_file_that_conforms(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(VALID)]) == Exit.OK
    assert capsys.readouterr() == ("Conforms.\n", "")


def test_a_file_that_does_not_is_reported_readably(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(INVALID)]) == Exit.NO
    report = capsys.readouterr().out
    assert report.splitlines()[0].startswith("1 violation")
    assert "id:ferry-talks" in report
    assert "ekgs:C01" in report


def test_messages_come_in_japanese_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--lang", "ja", str(INVALID)]) == Exit.NO
    assert any("\u3040" < letter < "\u30ff" for letter in capsys.readouterr().out)


def test_a_report_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--format", "json", str(INVALID)]) == Exit.NO
    report = json.loads(capsys.readouterr().out)
    assert report["conforms"] is False
    (found,) = [each for each in report["results"] if each["severity"] == "Violation"]
    assert found["focusNode"] == "https://w3id.org/editorial-kg/id/ferry-talks"
    assert found["path"] == "https://w3id.org/editorial-kg/ontology#evidence"
    assert found["shape"] == "https://w3id.org/editorial-kg/shapes#C01"
    assert found["message"]


def test_a_report_as_rdf(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--format", "turtle", str(INVALID)]) == Exit.NO
    quads = parse(capsys.readouterr().out.encode(), TURTLE)
    assert NamedNode(f"{SH}ValidationReport") in {quad.object for quad in quads}


def test_several_files_are_one_graph(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each alone lacks what the other says; the formats may differ."""
    text = VALID.read_text()
    head, mark, tail = text.partition("art:p1s1 a ekg:Passage")
    prefixes = "\n".join(line for line in head.splitlines() if line.startswith("@prefix"))
    (tmp_path / "first.ttl").write_text(head)
    (tmp_path / "second.ttl").write_text(f"{prefixes}\n{mark}{tail}")
    files = [str(tmp_path / name) for name in ("first.ttl", "second.ttl")]
    assert main(["validate", files[1]]) == Exit.NO
    assert main(["validate", *files]) == Exit.OK
    assert capsys.readouterr().out.endswith("Conforms.\n")


def test_a_file_stands_for_the_source_file_of_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """So a changed copy is not mixed up with what it is to replace."""
    copy = Path(shutil.copy(ROOT / "articles" / "entities.ttl", tmp_path))
    copy.write_text(copy.read_text().replace('"Vladimir Putin"@en', '"V. Putin"@en'))
    assert main(["validate", str(copy)]) == Exit.OK
    other = copy.rename(tmp_path / "other.ttl")
    assert main(["validate", str(other)]) == Exit.NO
    assert "id:putin" in capsys.readouterr().out


def test_the_shipped_articles_conform(capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted((ROOT / "articles").glob("*.ttl"))
    assert main(["validate", *map(str, files)]) == Exit.OK
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.ttl", "@prefix : <http://x.example/> .\n:a :b", "a.ttl, line 2, column"),
        ("a.ttl", "", "there is no triple in it"),
        ("a.ttl", "Dear editor", "a.ttl, line 1, column"),
        ("a.ttl", "<http://x.example/a> <http://x.example/b> 1 .", "describes nothing"),
        ("a.doc", "x", "unknown extension '.doc'"),
        ("a", "x", "unknown extension ''"),
        ("a.rdf", "<!DOCTYPE x []><x/>", "DOCTYPE"),
        ("a.jsonld", "{", "a.jsonld"),
    ],
)
def test_input_that_is_no_graph_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, message: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    assert main(["validate", str(path)]) == Exit.USAGE
    written = capsys.readouterr()
    assert written.out == ""
    assert len(written.err.splitlines()) == 1
    assert message in written.err
    assert str(path) in written.err


def test_without_shapes_everything_conforms(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", "--shapes", str(tmp_path), str(INVALID)]) == Exit.OK
    assert capsys.readouterr().out == "Conforms.\n"
