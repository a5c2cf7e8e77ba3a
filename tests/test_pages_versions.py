"""The pages of the history: versions, one version, what differs, and the banner of the past."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.rdf.namespaces import RDFS
from kg.rdf.terms import Literal, NamedNode, Quad
from kg.settings import Settings
from kg.store.embedded.store import EmbeddedStore
from kg.web.app import create_app

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en"}
PUTIN = NamedNode("https://w3id.org/editorial-kg/id/putin")
ENTITIES = NamedNode("https://w3id.org/editorial-kg/graph/entities")
LABEL = NamedNode(f"{RDFS}label")
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def client(built_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of the real graph, and of a version after it with a label more and one fewer."""
    folder = tmp_path_factory.mktemp("versions") / "store"
    shutil.copytree(built_store, folder)
    store = EmbeddedStore(folder)
    before = list(store.snapshot().quads(ENTITIES))
    old = next(
        each
        for each in before
        if (each.subject, each.predicate) == (PUTIN, LABEL) and '"@ja' in str(each.object)
    )
    kept = [each for each in before if each != old]
    with store.begin(author="<b>Anna</b>", message=HOSTILE) as change:
        change.replace(ENTITIES, [*kept, Quad(PUTIN, LABEL, Literal("プーチン", language="ja"))])
        change.publish()
    store.close()
    with create_app(Settings(store=str(folder))).test_client() as client:
        yield client


def latest(client: FlaskClient) -> int:
    """The number of the current version."""
    number = client.get("/health").json["version"]  # type: ignore[index]
    assert isinstance(number, int)
    return number


def test_the_history_shows_every_version_and_what_it_changed(client: FlaskClient) -> None:
    number = latest(client)
    html = client.get("/versions", headers=BROWSER).text
    assert f'href="/versions/{number}"' in html
    assert f'href="/versions/{number - 1}..{number}"' in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert HOSTILE not in html
    assert client.get("/versions").json["items"][0]["message"] == HOSTILE  # type: ignore[index]


def test_the_form_leads_to_the_difference(client: FlaskClient) -> None:
    answer = client.get("/versions?from=0&to=1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/versions/0..1")
    assert client.get("/versions?from=0").status_code == 400
    assert client.get("/versions?from=0&to=x").status_code == 400


def test_a_version_shows_its_graphs(client: FlaskClient) -> None:
    html = client.get(f"/versions/{latest(client)}", headers=BROWSER).text
    assert "https://w3id.org/editorial-kg/graph/entities</bdi>" in html
    assert "&lt;b&gt;Anna&lt;/b&gt;" in html


def test_a_difference_names_the_thing_and_marks_each_line_in_words(client: FlaskClient) -> None:
    number = latest(client)
    html = client.get(f"/versions/{number - 1}..{number}", headers=BROWSER).text
    assert "1 triples removed, 1 added." in html
    assert '<a href="/actors/putin"><bdi>Vladimir Putin</bdi></a>' in html
    removed, added = html.split("<del>")[1], html.split("<ins>")[1]
    assert '<span class="hidden">removed:</span> <code>rdfs:label</code>' in removed
    assert '<bdi lang="ja">プーチン</bdi>' in added.partition("</ins>")[0]
    assert "プーチン</bdi>" in removed.partition("</del>")[0]


def test_programs_still_get_json_and_patches(client: FlaskClient) -> None:
    number = latest(client)
    assert client.get("/versions").mimetype == "application/json"
    assert client.get(f"/versions/{number}").mimetype == "application/json"
    assert client.get(f"/versions/{number - 1}..{number}").mimetype == "application/rdf-patch"


def test_a_big_difference_says_that_it_is_cut(client: FlaskClient) -> None:
    html = client.get(f"/versions/0..{latest(client)}", headers=BROWSER).text
    assert "The first 1,000 of " in html
    assert html.count("<ins>") == 1000


def test_a_page_of_the_past_says_so_and_its_links_stay_there(client: FlaskClient) -> None:
    past = latest(client) - 1
    html = client.get(f"/actors/putin?version={past}", headers=BROWSER).text
    assert f"You see version {past} of " in html
    assert f'href="/sparql?version={past}"' in html
    assert 'href="/actors/putin">Show the current version' in html
    assert "You see version" not in client.get("/actors/putin", headers=BROWSER).text


def test_a_page_depends_on_the_language(client: FlaskClient) -> None:
    number = latest(client)
    for path in (f"/versions/{number}", f"/versions/{number - 1}..{number}"):
        japanese = client.get(path, headers={**BROWSER, "Accept-Language": "ja"})
        english = client.get(path, headers=BROWSER)
        assert '<html lang="ja">' in japanese.text
        assert japanese.headers["ETag"] != english.headers["ETag"]
        assert "Accept-Language" in japanese.headers["Vary"]
