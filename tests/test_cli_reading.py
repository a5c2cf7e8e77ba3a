"""``kg query``, ``show``, ``export`` and ``verify`` answer from the store, and fit into pipes."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset

from kg.cli.exits import Exit
from kg.cli.main import main
from kg.rdf.formats import JSON_LD, N_QUADS, TRIG, TURTLE, Format, by_name
from kg.rdf.formats import RDF_FORMATS as FORMATS
from kg.rdf.parsing import parse
from kg.rdf.terms import NamedNode, Quad
from kg.settings import Settings
from kg.store.opening import open_store
from tests.commands import KG, clean_environment
from tests.knowledge import BASE, ROOT

Captured = pytest.CaptureFixture[str]
PREFIXES = f"PREFIX ekg: <{BASE}ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
PERSONS = (
    PREFIXES + "SELECT ?name { ?p a ekg:Person ; rdfs:label ?name"
    " FILTER(LANG(?name) = 'en') } ORDER BY ?name"
)


@pytest.fixture(autouse=True)
def store(built_store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The built store, named by its variable."""
    monkeypatch.setenv("KG_STORE", str(built_store))
    return built_store


def test_a_result_in_a_pipe_is_tsv(capsys: Captured) -> None:
    assert main(["query", PERSONS]) == Exit.OK
    assert capsys.readouterr().out.splitlines() == [
        "?name",
        '"Donald Trump"@en',
        '"Vladimir Putin"@en',
    ]


@pytest.mark.parametrize(
    ("name", "start"),
    [("csv", "name\r\n"), ("json", "{"), ("xml", "<?xml"), ("application/json", "{")],
)
def test_a_result_in_the_format_asked_for(name: str, start: str, capsys: Captured) -> None:
    assert main(["query", PERSONS, "--format", name]) == Exit.OK
    written = capsys.readouterr().out
    assert written.startswith(start)
    assert "Donald Trump" in written


def test_a_table_in_a_pipe_is_cut_nowhere(capsys: Captured) -> None:
    query = (
        f"SELECT ?long ?thing {{ BIND('{'x' * 500}' AS ?long) BIND(<{BASE}id/putin> AS ?thing) }}"
    )
    assert main(["query", query, "--format", "table"]) == Exit.OK
    written = capsys.readouterr().out
    assert "x" * 500 in written
    assert "id:putin" in written
    assert "\x1b" not in written


def test_a_graph_is_turtle_or_what_is_asked_for(capsys: Captured) -> None:
    query = f"CONSTRUCT WHERE {{ <{BASE}id/putin> ?p ?o }}"
    assert main(["query", query]) == Exit.OK
    assert "id:putin" in capsys.readouterr().out
    assert main(["query", query, "--format", "nt"]) == Exit.OK
    assert capsys.readouterr().out.startswith(f"<{BASE}id/putin> ")
    assert main(["query", query, "--format", "csv"]) == Exit.USAGE


def test_a_query_can_come_from_stdin(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("ASK {}"))
    assert main(["query", "-", "--format", "table"]) == Exit.OK
    assert capsys.readouterr().out == "yes\n"


def test_a_syntax_error_has_its_place(capsys: Captured) -> None:
    assert main(["query", "SELECT *\n{ ?s }"]) == Exit.USAGE
    assert capsys.readouterr().err.startswith("kg: The query, line 2, column ")


def test_a_query_ends_at_its_deadline(capsys: Captured) -> None:
    product = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    assert main(["query", product, "--timeout", "3"]) == Exit.CANNOT
    assert "deadline" in capsys.readouterr().err


@pytest.mark.parametrize("service", ["<http://127.0.0.1:9/>", "?x"])
def test_a_query_calls_no_service(service: str, capsys: Captured) -> None:
    assert main(["query", f"SELECT * {{ SERVICE {service} {{ ?s ?p ?o }} }}"]) == Exit.CANNOT
    assert "SERVICE" in capsys.readouterr().err


def test_an_empty_store_is_told_of(settings: Settings, capsys: Captured) -> None:
    assert main(["query", "SELECT ?s { ?s ?p ?o }", "--store", settings.store]) == Exit.OK
    written = capsys.readouterr()
    assert written.out == "?s\n"
    assert written.err == f"kg: note: the store {settings.store} is empty; kg build fills it.\n"
    assert not Path(settings.store).exists()


def test_a_thing_is_shown_with_all_that_points_to_it(capsys: Captured) -> None:
    assert main(["show", "putin"]) == Exit.OK
    text = capsys.readouterr().out
    assert text.splitlines()[:2] == ["Vladimir Putin  (Person)", f"{BASE}id/putin"]
    assert "participations (9)" in text
    assert "Putin as principal at the Alaska summit" in text
    assert "according to       The Yomiuri Shimbun" in text


def test_a_thing_is_shown_in_japanese(capsys: Captured) -> None:
    assert main(["show", "putin", "--lang", "ja"]) == Exit.OK
    assert capsys.readouterr().out.startswith("ウラジーミル・プーチン  (Person)")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("yomiuri-2025-08-17/p6s1", "Paragraph 6, sentence 1"),
        ("reported-fact", "reported fact"),
        (f"{BASE}id/alaska", "Alaska"),
    ],
)
def test_a_thing_is_found_by_id_in_any_segment_or_by_iri(
    name: str, label: str, capsys: Captured
) -> None:
    assert main(["show", name]) == Exit.OK
    assert capsys.readouterr().out.startswith(label)


def test_a_thing_is_written_as_over_http(capsys: Captured) -> None:
    assert main(["show", "putin", "--format", "json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["id"] == "putin"
    assert main(["show", "putin", "--format", "turtle"]) == Exit.OK
    quads = parse(capsys.readouterr().out.encode(), TURTLE)
    assert NamedNode(f"{BASE}id/putin") in {quad.subject for quad in quads}


@pytest.mark.parametrize("name", ["nobody", "No-body", "../putin", f"{BASE}id/nobody", "a> b:c"])
def test_what_is_not_there_is_one_line(name: str, capsys: Captured) -> None:
    assert main(["show", name]) in {Exit.NO, Exit.USAGE}
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_an_export_is_canonical_and_the_same_on_every_run(store: Path, capsys: Captured) -> None:
    assert main(["export"]) == Exit.OK
    written = capsys.readouterr().out
    assert main(["export", "--format", "nq"]) == Exit.OK
    assert capsys.readouterr().out == written
    lines = written.splitlines()
    assert lines == sorted(set(lines))
    assert len(lines) == open_store(Settings(store=str(store))).snapshot().info.triples


@pytest.mark.parametrize("rdf_format", FORMATS, ids=lambda each: each.name)
def test_an_export_holds_all_there_is(rdf_format: Format, store: Path, tmp_path: Path) -> None:
    """Triples in every format; graph names in those that have them."""
    path = tmp_path / f"graph.{rdf_format.suffix}"
    assert main(["export", "--format", rdf_format.suffix, "-o", str(path)]) == Exit.OK
    found = parse(path.read_bytes(), rdf_format)
    kept = list(open_store(Settings(store=str(store))).snapshot().quads())
    if rdf_format not in {N_QUADS, TRIG, JSON_LD}:
        kept = [Quad(*quad.triple) for quad in kept]
    assert _canonical(found) == _canonical(kept)


def test_one_graph_is_exported_by_its_name(capsys: Captured) -> None:
    assert main(["export", "--graph", "entities"]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert all(line.endswith(f"<{BASE}graph/entities> .") for line in lines)
    assert main(["export", "--graph", f"{BASE}graph/entities"]) == Exit.OK
    assert capsys.readouterr().out.splitlines() == lines
    assert main(["export", "--graph", "no-such"]) == Exit.NO
    assert "It has: concepts, entities" in capsys.readouterr().err


def test_an_output_that_cannot_be_written_is_one_line(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "missing" / "out.nq"
    assert main(["export", "-o", str(path)]) == Exit.CANNOT
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_another_text_fails_and_each_passage_is_named(tmp_path: Path, capsys: Captured) -> None:
    text = tmp_path / "other.txt"
    text.write_text("Not this article.")
    assert main(["verify", "--text", str(text)]) == Exit.NO
    places = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert {"text", "p0s1", "p6s1", "p13s1"} <= set(places)


def test_the_article_itself_passes(capsys: Captured) -> None:
    """Where this machine has a copy of it."""
    text = Path(os.environ.get("KG_ARTICLE_TEXT") or ROOT.parent / "shared" / "article.txt")
    if not text.is_file():
        pytest.skip("the article's text is not here; name a copy of it in KG_ARTICLE_TEXT")
    assert main(["verify", "--text", str(text), "--article", "yomiuri-2025-08-17"]) == Exit.OK
    assert "24 passages: every offset and hash is right" in capsys.readouterr().out


def test_a_terminal_gets_a_table(store: Path) -> None:
    """In colours only where NO_COLOR does not forbid them."""
    ours, theirs = pty.openpty()
    environ = clean_environment(TERM="xterm", COLUMNS="80", NO_COLOR="1")
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        subprocess.run(
            [*KG, "query", PERSONS, "--store", str(store)], check=True, stdout=theirs, env=environ
        )
        os.close(theirs)
        shown = terminal.read(65536).decode()
    assert "│ Vladimir Putin" in shown
    assert "2 rows" in shown
    assert not re.search(r"\x1b\[[34]\d", shown)


def test_every_suffix_names_its_format() -> None:
    """As the help of ``kg export`` lists them."""
    assert {by_name(each, FORMATS) for each in ("nq", "trig", "ttl", "nt", "jsonld", "rdfxml")} == (
        set(FORMATS)
    )


def _canonical(quads: list[Quad]) -> Dataset:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset
