"""The front end as it is served: kept by browsers, and small."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.web.app import create_app
from kg.web.pages import assets
from kg.web.pages.assets import BUILT

ARTICLE = "yomiuri-2025-08-17"
LIMIT = 200_000  # bytes of scripts that a page may load, compressed

pytestmark = pytest.mark.skipif(
    not BUILT.is_dir(), reason="the front end is not built: with Node, run make serve once"
)


@pytest.fixture(scope="module")
def client(built_store: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(store=str(built_store)))
    yield app.test_client()
    app.extensions["kg"].querying.close()


def loaded(page: str, *, later: bool) -> set[str]:
    """The built scripts that a page loads; ``later``: those too that scripts load when needed."""
    load = re.compile(
        r"""(?:from|import)"\./([\w-]+\.js)\"""" + (r"""|import\("\./([\w-]+\.js)"\)""" * later)
    )
    found, waiting = set[str](), set(re.findall(r'/static/build/([\w-]+\.js)"', page))
    while waiting:
        name = waiting.pop()
        found.add(name)
        text = (BUILT / name).read_text(encoding="utf-8")
        waiting |= {
            each for match in load.finditer(text) for each in match.groups() if each
        } - found
    return found


def compressed(names: Iterable[str]) -> int:
    """What the scripts weigh on the way, in bytes."""
    return sum(len(gzip.compress((BUILT / name).read_bytes())) for name in names)


@pytest.mark.parametrize("url", ["/", "/actors/putin", f"/articles/{ARTICLE}"])
def test_all_scripts_of_a_page_are_small(client: FlaskClient, url: str) -> None:
    page = client.get(url, headers={"Accept": "text/html"}).text
    assert compressed(loaded(page, later=True)) <= LIMIT


def test_the_editor_is_small_and_the_graph_comes_when_it_is_wanted(client: FlaskClient) -> None:
    page = client.get("/sparql", headers={"Accept": "text/html"}).text
    at_once = loaded(page, later=False)
    assert 0 < compressed(at_once) <= LIMIT
    assert loaded(page, later=True) > at_once


def test_browsers_keep_what_is_built_and_ask_about_the_rest(client: FlaskClient) -> None:
    manifest = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    for name in manifest.values():
        with client.get(f"/static/build/{name}") as response:
            assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with client.get("/static/kg.css") as response:
        assert response.headers["Cache-Control"] == "no-cache"


def test_the_manifest_leads_to_files_that_name_their_content() -> None:
    manifest = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    for entry, name in manifest.items():
        assert (BUILT / name).is_file()
        stem, _, suffix = entry.rpartition(".")
        assert re.fullmatch(rf"{stem}-[A-Z0-9]{{8}}\.{suffix}", name)


def test_a_page_is_another_one_once_the_scripts_are_built_anew(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else browsers would keep pages that name files which are gone."""
    page, data = ({"Accept": accept} for accept in ("text/html", "application/json"))
    before = [client.get("/actors/putin", headers=each).headers["ETag"] for each in (page, data)]
    built_anew = tmp_path / "manifest.json"
    built_anew.write_text('{"picture.js": "picture-NEWNEWNE.js"}')
    monkeypatch.setattr(assets, "MANIFEST", built_anew)
    after = [client.get("/actors/putin", headers=each).headers["ETag"] for each in (page, data)]
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True]
