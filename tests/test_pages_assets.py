"""The front end as it is served: kept by browsers, and small."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.web.app import create_app
from kg.web.pages.layout import STATIC

BUILT = STATIC / "build"
LIMIT = 200_000  # bytes of scripts that a page may load, compressed

pytestmark = pytest.mark.skipif(
    not BUILT.is_dir(), reason="the front end is not built: with Node, run make serve once"
)


@pytest.fixture(scope="module")
def client(built_store: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(store=str(built_store)))
    yield app.test_client()
    app.extensions["kg"].querying.close()


def loaded(name: str) -> set[str]:
    """A built script and all that it loads, at once or later."""
    found, waiting = set[str](), {name}
    while waiting:
        now = waiting.pop()
        found.add(now)
        parts = re.findall(r'"\./([\w-]+\.js)"', (BUILT / now).read_text(encoding="utf-8"))
        waiting |= set(parts) - found
    return found


@pytest.mark.parametrize("url", ["/", "/actors/putin", "/articles/yomiuri-2025-08-17", "/sparql"])
def test_the_scripts_of_a_page_are_small(client: FlaskClient, url: str) -> None:
    page = client.get(url, headers={"Accept": "text/html"}).text
    names = set[str]().union(*map(loaded, re.findall(r'/static/build/([\w-]+\.js)"', page)))
    size = sum(len(gzip.compress((BUILT / name).read_bytes())) for name in names)
    assert size <= LIMIT, f"{size} bytes: {sorted(names)}"


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
