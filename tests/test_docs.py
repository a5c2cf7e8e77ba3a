"""The documentation cannot rot: it is built, names everything, and prints what it says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from docs import generated, modules
from kg.cli.main import COMMANDS
from kg.rdf.namespaces import shorten
from kg.schema.schema import Schema
from kg.settings import Settings, variable
from kg.sources import read_vocabulary
from kg.web.app import create_app
from tests.commands import Server, run_kg, serving
from tests.examples import examples
from tests.knowledge import EKG, ROOT

DOCS = ROOT / "docs"
GUIDES = DOCS / "how-to"
READING = ("query", "lists", "python-client", "other-stores", "shapes", "constraints", "backup")
WRITING = ("past-versions", "write")
_ELSEWHERE = re.compile(r'<(?:script|link|img|iframe|source)[^>]+(?:src|href)="(?:https?:)?//')


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation as HTML; any warning of the generator is an error."""
    out = tmp_path_factory.mktemp("docs")
    sphinx = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-d", f"{out}/.doctrees"]
    ran = subprocess.run(
        [*sphinx, DOCS, out / "html"], check=False, capture_output=True, text=True, timeout=100
    )
    assert ran.returncode == 0, ran.stderr
    return out / "html"


def test_every_link_within_the_pages_leads_somewhere(built: Path) -> None:
    pages = {each: each.read_text(encoding="utf-8") for each in built.rglob("*.html")}
    assert len(pages) > 20
    broken = [
        f"{page.relative_to(built)} → {link}"
        for page, text in pages.items()
        for link in re.findall(r'<a [^>]*href="([^"#:]+)["#]', text)
        if not (page.parent / link.partition("?")[0]).exists()
    ]
    assert broken == []


def test_a_page_asks_nothing_of_other_hosts(built: Path) -> None:
    """No fonts, scripts or pictures from elsewhere; links that a reader follows may lead there."""
    asking = [
        each.name
        for each in built.rglob("*.html")
        if _ELSEWHERE.search(each.read_text(encoding="utf-8"))
    ]
    assert asking == []
    styles = [each for each in built.rglob("*.css") if "url(http" in each.read_text("utf-8")]
    assert styles == []


def test_the_reference_names_every_setting() -> None:
    text = generated.setting_table()
    assert [each.name for each in fields(Settings) if f"`{variable(each.name)}`" not in text] == []


@pytest.mark.parametrize("command", ["build", "query", "token add"])
def test_the_reference_has_the_help_that_a_terminal_shows(command: str) -> None:
    text = generated.command_pages()
    assert run_kg(*command.split(), "--help", environ={"COLUMNS": "80"}).stdout.strip() in text


def test_the_reference_names_every_command() -> None:
    text = generated.command_pages()
    assert [each for each in COMMANDS if f"\n## kg {each}\n" not in text] == []


def test_the_reference_names_every_route(built_store: Path) -> None:
    """Those of the running program's own description."""
    app = create_app(Settings(store=str(built_store)))
    paths = app.test_client().get("/openapi.json").get_json()["paths"]
    text = generated.route_tables()
    assert [
        (method, path)
        for path, methods in paths.items()
        for method in methods
        if f"| {method.upper()} | `{path}` |" not in text
    ] == []
    assert len(paths) > 150


def test_the_reference_names_every_class_property_and_shape() -> None:
    schema = read_vocabulary(Settings()).schema
    ontology, shapes = generated.ontology_text(), generated.shape_text()
    terms = {*schema.classes, *(each for each in _predicates(schema) if each.startswith(EKG))}
    assert [each for each in terms if f"`{shorten(each, schema.prefixes)}`" not in ontology] == []
    written = "".join(each.read_text("utf-8") for each in (ROOT / "shapes").glob("*.ttl"))
    nodes = re.findall(r"^ekgs:([\w-]+) a sh:NodeShape", written, re.MULTILINE)
    rules = re.findall(r"^ekgs:(C\d\d) a", written, re.MULTILINE)
    assert len(nodes) > 40
    assert len(rules) > 30
    assert [each for each in nodes if f"## {each}\n" not in shapes] == []
    assert [
        each for each in rules if f"`{each}`" not in shapes and f"## {each}" not in shapes
    ] == []


def test_the_architecture_lists_every_module_with_its_duty() -> None:
    """As ``python -m docs.modules`` writes it."""
    assert modules.ARCHITECTURE.read_text("utf-8") == modules.written()


def test_the_journeys_lead_through_modules_that_there_are() -> None:
    text = modules.ARCHITECTURE.read_text("utf-8").partition("## Decisions")[0]
    rooms = set(re.findall(r"▼ ([a-z_.]+)", text))
    assert len(rooms) > 20
    paths = [ROOT / "kg" / each.replace(".", "/") for each in rooms]
    gone = [path for path in paths if not (path.is_dir() or path.with_suffix(".py").exists())]
    assert gone == []


def _predicates(schema: Schema) -> set[str]:
    own = (each for members in schema.own_members.values() for each in members)
    return {each.predicate for each in own if each.predicate}


@pytest.fixture
def checkout(tmp_path: Path, built_store: Path) -> Path:
    """A folder with copies of the source files and of the store, where a fresh build has them."""
    for each in ("ontology", "shapes", "articles", "queries"):
        shutil.copytree(ROOT / each, tmp_path / each)
    shutil.copytree(built_store, tmp_path / ".kg" / "store")
    return tmp_path


@pytest.mark.skipif(not shutil.which("curl"), reason="the guides' examples need curl")
@pytest.mark.parametrize("guide", READING)
def test_what_a_guide_tells_to_run_prints_what_stands_below(
    guide: str, checkout: Path, live_server: Server
) -> None:
    """All commands of a guide, one after the other, beside a server."""
    assert_printed(guide, live_server, checkout)


@pytest.mark.skipif(not shutil.which("curl"), reason="the guides' examples need curl")
@pytest.mark.parametrize("guide", WRITING)
def test_what_a_guide_writes_is_served(guide: str, checkout: Path) -> None:
    """The same beside a server of the guide's own, since it changes what is served."""
    store, log = checkout / ".kg" / "store", checkout / "log"
    with serving("--store", store, "--workers", "1", log=log) as server:
        assert_printed(guide, server, checkout)


def assert_printed(guide: str, server: Server, checkout: Path) -> None:
    """Each example of the guide prints what stands below it."""
    settings = {f"KG_{name.upper()}": name for name in ("ontology", "shapes", "articles")}
    for each in examples(GUIDES / f"{guide}.md"):
        printed = each.printed(server, checkout, KG_STORE=".kg/store", **settings)
        assert printed == each.output, each.command


def test_every_guide_with_commands_is_run() -> None:
    with_commands = {each.stem for each in GUIDES.glob("*.md") if "```sh" in each.read_text()}
    assert with_commands == {*READING, *WRITING}
