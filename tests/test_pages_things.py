"""The pages of things, lists, search, questions and the start, on the first article's graph."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.rdf.namespaces import DCTERMS, OWL, RDF, RDFS, SCHEMA
from kg.rdf.terms import Literal, NamedNode, Quad
from kg.settings import Settings
from kg.web.app import create_app
from tests.fakes import FakeStore
from tests.html import Element, read
from tests.rest import IRIS, quads

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en"}
ARTICLE = "yomiuri-2025-08-17"
INTENTION = f"/intentions/{ARTICLE}/int-putin-no-ceasefire"


@pytest.fixture(scope="module")
def client(built_store: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(store=str(built_store)))
    yield app.test_client()
    app.extensions["kg"].querying.close()


def page(client: FlaskClient, url: str, *, status: int = 200, language: str = "en") -> Element:
    """The page at a URL as a browser gets it, whose markup must be well-formed."""
    response = client.get(url, headers=BROWSER | {"Accept-Language": language})
    assert (response.status_code, response.mimetype) == (status, "text/html"), url
    return read(response.text)


def headings(within: Element) -> list[str]:
    """The texts of the headings, in order."""
    return [each.text for each in within.all() if each.tag in {"h1", "h2", "h3", "h4"}]


def test_a_thing_is_named_in_every_language_with_its_class_and_its_ways_out(
    client: FlaskClient,
) -> None:
    putin = page(client, "/actors/putin").one("main")
    assert putin.one("h1").text == "Vladimir Putin"
    assert putin.one("p", "names").text == "ウラジーミル・プーチン"
    assert putin.one("p", "names").one("span").attributes["lang"] == "ja"
    assert putin.links["Person"] == "/ontology#Person"
    assert putin.links["Wikidata Q7747"] == "http://www.wikidata.org/entity/Q7747"


def test_facts_come_before_what_is_claimed(client: FlaskClient) -> None:
    found = [each.text for each in page(client, "/actors/trump").all("h2")]
    marks = ["reported fact", "attributed statement", "editorial judgement", "recommendation"]
    places = [next(n for n, text in enumerate(found) if text.startswith(each)) for each in marks]
    assert places == sorted(places)


def test_every_item_says_how_and_by_whom_it_is_put_forward_and_where(client: FlaskClient) -> None:
    putin = page(client, "/actors/putin")
    items = [*putin.all("article", "item"), *putin.one("table", "items").all("tr")[1:]]
    assert len(items) > 10
    for item in items:
        links = item.links
        assert [url for url in links.values() if url.startswith("/passages/")], item.text
        assert {"/institutions/yomiuri-shimbun", "/actors/putin"} & set(links.values()), item.text


def test_a_mark_is_a_word_not_only_a_colour(client: FlaskClient) -> None:
    for mark in page(client, "/actors/putin").all("span", "mark"):
        kind = mark.attributes["class"].removeprefix("mark mark-")
        assert mark.text == kind.replace("-", " ")


def test_denial_stands_in_words_beside_what_is_denied(client: FlaskClient) -> None:
    """The label of the claim already says "not", so the word must not stand beside the label."""
    claim = page(client, INTENTION).one("main")
    said = claim.one("span", "polarity-denied")
    beside = next(each for each in claim.all("dd") if said in each.all("span"))
    assert beside.text == "denied Putin consents to a ceasefire"
    assert "denied" not in claim.one("header").text


def test_labels_of_members_are_in_the_readers_language(client: FlaskClient) -> None:
    english, japanese = (page(client, INTENTION, language=tag) for tag in ("en", "ja"))
    assert "ascribed to" in [each.text for each in english.all("dt")]
    assert "帰属先" in [each.text for each in japanese.all("dt")]
    assert japanese.one("html").attributes["lang"] == "ja"


def test_a_norm_tells_who_is_said_to_violate_it_and_who_appeals_to_it(client: FlaskClient) -> None:
    norm = page(client, "/norms/norm-sovereignty")
    stances, invocations = norm.all("table", "items")
    assert [each.text for each in stances.all("th")[:6]] == [
        "item",
        "relation to the norm",
        "ascribed to",
        "content",
        "according to",
        "Rests on",
    ]
    assert [each.text for each in stances.all("td")[:2]] == ["violates", "Russia"]
    assert "United States" in invocations.text


def test_a_passage_shows_all_that_rests_on_it(client: FlaskClient) -> None:
    url = f"/passages/{ARTICLE}/p11s1"
    items = client.get(url, headers={"Accept": "application/json"}).get_json()["items"]
    shown = set(page(client, url).one("main").links.values())
    assert {each["url"] for each in items} <= shown


def test_a_changed_position_stands_side_by_side(client: FlaskClient) -> None:
    trump = page(client, "/actors/trump")
    assert "Changes of position" in headings(trump)
    assert trump.links["positions"] == "/actors/trump/positions"
    positions = page(client, "/actors/trump/positions")
    first = positions.one("section", "position")
    assert [each.one("span").text for each in first.all("p", "stance")] == ["affirms", "denies"]
    assert "changed" in first.one("h2").text


@pytest.mark.parametrize(
    "url",
    [
        "/memberships",
        "/participations",
        "/schemes/status",
        "/concepts/denied",
        "/places/alaska",
        "/situations/putin-accepts-ceasefire",
        "/institutions/icc",
        f"/articles/{ARTICLE}",
        f"/memberships/{ARTICLE}/mem-us-icc",
        f"{INTENTION}/evidence",
    ],
)
def test_every_class_is_readable(client: FlaskClient, url: str) -> None:
    """Headings go down one level at a time, and every link of ours leads somewhere."""
    found = page(client, url)
    levels = [int(each.tag[1]) for each in found.all() if each.tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(found.one("main").text) > 40


def test_links_keep_language_and_version(client: FlaskClient) -> None:
    found = page(client, "/actors/putin?lang=ja&version=1")
    links = [each for each in found.one("main").links.values() if each.startswith("/")]
    assert links
    assert [each for each in links if "version=1" not in each or "lang=ja" not in each] == []


def test_the_foot_offers_the_page_as_data_and_as_it_was(client: FlaskClient) -> None:
    foot = page(client, "/actors/putin").one("footer", "site")
    assert foot.links["Turtle"] == "/actors/putin?format=turtle"
    assert foot.links["This page as of this version"] == "/actors/putin?version=1"
    assert foot.one("code").text == "https://w3id.org/editorial-kg/id/putin"


def test_the_head_speaks_schema_org(client: FlaskClient) -> None:
    head = page(client, "/actors/putin?lang=ja").one("head")
    said = json.loads(head.one("script").text)
    assert (said["@type"], said["@id"]) == ("Person", "https://w3id.org/editorial-kg/id/putin")
    assert said["sameAs"] == ["http://www.wikidata.org/entity/Q7747"]
    links = {each.attributes["rel"]: each.attributes["href"] for each in head.all("link")}
    assert links["canonical"] == "/actors/putin"
    article = json.loads(page(client, f"/articles/{ARTICLE}").one("head").one("script").text)
    assert (article["@type"], article["datePublished"]) == ("NewsArticle", "2025-08-17")


def test_a_list_has_a_form_for_its_filters(client: FlaskClient) -> None:
    form = page(client, "/claims").one("details", "filters").one("form")
    options = {each.attributes["value"] for each in form.all("option")}
    assert {"denied", "forecast", "IntentionAscription", "-label"} <= options
    named = {each.attributes.get("name") for each in (*form.all("input"), *form.all("select"))}
    assert {"q", "type", "status", "polarity", "accordingTo", "ascribedTo", "sort"} <= named
    labelled = {each.attributes["for"] for each in form.all("label")}
    fields = [*form.all("select"), *(x for x in form.all("input") if "type" in x.attributes)]
    assert {each.attributes["id"] for each in fields} <= labelled


@pytest.mark.parametrize(
    ("url", "tidied"),
    [
        ("/claims?q=&type=&polarity=denied&sort=", "/claims?polarity=denied"),
        ("/search?q=putin&type=", "/search?q=putin"),
        ("/compare?actor=putin&actor=trump&actor=", "/compare?actor=putin&actor=trump"),
    ],
)
def test_a_form_with_empty_fields_leads_to_a_url_without_them(
    client: FlaskClient, url: str, tidied: str
) -> None:
    response = client.get(url, headers=BROWSER)
    assert (response.status_code, response.location) == (303, tidied)
    assert client.get(url).status_code == 400


def test_active_filters_are_chips_that_take_them_away(client: FlaskClient) -> None:
    found = page(client, "/claims?accordingTo=trump&polarity=denied&not.status=forecast")
    chips = found.one("ul", "chips").all("a")
    assert [each.text for each in chips] == [
        "according to: Donald Trump Remove this filter ✕",
        "polarity: denied Remove this filter ✕",
        "status is not: forecast Remove this filter ✕",
    ]
    assert chips[0].attributes["href"] == "/claims?polarity=denied&not.status=forecast"


def test_a_list_is_paged_by_links(client: FlaskClient) -> None:
    first = page(client, "/events?limit=5")
    assert first.one("p", "total").text == "13 things"
    second = page(client, first.links["Next page"])
    assert len(second.one("table").all("tr")) == 6
    assert page(client, second.links["Previous page"]).one("table").text == first.one("table").text


def test_fields_choose_the_columns(client: FlaskClient) -> None:
    found = page(client, "/norm-stances?fields=norm,ascribedTo")
    assert [each.text for each in found.one("thead").all("th")] == ["Name", "norm", "ascribed to"]


def test_a_list_below_a_thing_names_it(client: FlaskClient) -> None:
    found = page(client, "/actors/putin/statements")
    assert found.one("title").text.startswith("statements: Vladimir Putin")
    assert found.one("main").links["Vladimir Putin"] == "/actors/putin"


def test_search_highlights_what_it_found(client: FlaskClient) -> None:
    found = page(client, "/search?q=sanctions&type=Statement")
    assert {each.text for each in found.all("mark")} == {"sanctions"}
    assert "attributed statement" in found.one("ol", "hits").text


def test_search_helps_where_nothing_is_found(client: FlaskClient) -> None:
    found = page(client, "/search?q=qqqqqq")
    assert "Nothing was found." in found.one("main").text
    assert found.links["Norms"] == "/norms"
    assert page(client, "/search").one("h1").text == "Search"
    assert client.get("/search").status_code == 400
    form = client.get("/search", headers={"Accept": "text/html"})
    assert "format=json" not in form.text + form.headers.get("Link", "")


def test_the_start_has_three_questions_one_click_from_their_answers(client: FlaskClient) -> None:
    start = page(client, "/")
    questions = start.one("ul", "starts").links
    assert len(questions) == 3
    for url in questions.values():
        assert page(client, url).one("main").all("span", "mark"), url
    assert "79 items rest on 23 of 24 sentences." in start.one("main").text
    assert client.get("/").get_json()["collections"]["norms"]["count"] == 3


def test_two_actors_are_compared_by_a_form(client: FlaskClient) -> None:
    empty = page(client, "/compare").one("form", "ask")
    assert {each.attributes["name"] for each in empty.all("input")} == {"actor"}
    assert "putin" in {each.attributes["value"] for each in empty.all("option")}
    found = page(client, "/compare?actor=putin&actor=trump")
    assert "they agree" in found.one("section", "position").text
    assert client.get("/compare").status_code == 400


def test_two_things_are_linked_by_a_form(client: FlaskClient) -> None:
    assert page(client, "/path").one("form", "ask").all("input")
    way = page(client, "/path?from=putin&to=nato").one("ol", "way")
    assert way.all("article", "item")
    assert [each.text for each in way.all("li")][-1].endswith("North Atlantic Treaty Organization")


def test_a_page_that_is_not_there_helps_to_search(client: FlaskClient) -> None:
    found = page(client, "/actors/nobody-here", status=404).one("main")
    assert found.one("input").attributes["value"] == "nobody here"


def locations(client: FlaskClient, url: str) -> list[str]:
    """The paths that a sitemap names."""
    found = re.findall("<loc>http://localhost(.*?)</loc>", client.get(url).text)
    assert found, url
    return found


@pytest.mark.parametrize("path", ["/robots.txt", "/sitemap.xml", "/sitemap/actors-1.xml"])
def test_crawlers_get_what_they_ask_for_whatever_they_accept(
    client: FlaskClient, path: str
) -> None:
    for accept in ("text/html", "image/png", "*/*;q=0"):
        response = client.get(path, headers={"Accept": accept})
        assert (response.status_code, response.data) == (200, client.get(path).data)


def test_the_sitemap_leads_to_every_thing_once(client: FlaskClient) -> None:
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text
    parts = locations(client, "/sitemap.xml")
    found = [url for part in parts for url in locations(client, part)]
    assert len(found) == len(set(found))
    counts = client.get("/").get_json()["collections"]
    tops = ("actors", "events", "claims", "norms", "situations", "passages", "concepts", "articles")
    assert len(found) >= sum(counts[name]["count"] for name in tops)
    assert {client.get(url).status_code for url in found[::40]} == {200}


@pytest.mark.parametrize("name", ["planets-1", "actors-0"])
def test_there_is_a_sitemap_for_a_collection_only(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/sitemap/{name}.xml")
    assert (answer.status_code, name in answer.get_json(force=True)["detail"]) == (404, True)


def test_the_icon_is_where_browsers_look_for_it(client: FlaskClient) -> None:
    with client.get("/favicon.ico") as icon:
        assert (icon.status_code, icon.data[:4]) == (200, b"\0\0\1\0")


HOSTILE = "</script><script>alert(1)</script>\u202egpj.exe\u202c" + "<b>" * 10 + "x" * 10_000


@pytest.fixture(scope="module")
def hostile() -> Iterator[FlaskClient]:
    """A service over a graph in which somebody has been nasty."""
    nasty, graph = IRIS.thing("id", "nasty"), IRIS.graph("entities")
    more = [
        (f"{RDF}type", IRIS.namespace + "ontology#Actor"),
        (f"{SCHEMA}sameAs", "javascript:alert(1)"),
        (f"{SCHEMA}sameAs", "data:text/html,<script>alert(1)</script>"),
        (f"{OWL}sameAs", "javascript:alert(2)"),
    ]
    texts = [(f"{RDFS}label", "en"), (f"{DCTERMS}description", "en"), (f"{RDFS}label", "ja")]
    added = [
        Quad(nasty, NamedNode(p), NamedNode(o), graph)
        for p, o in more
        if " " not in o and "<" not in o
    ]
    added += [Quad(nasty, NamedNode(p), Literal(HOSTILE, language=tag), graph) for p, tag in texts]
    app = create_app(Settings(), FakeStore([*quads(), *added]))
    yield app.test_client()
    app.extensions["kg"].querying.close()


@pytest.mark.parametrize(
    "url",
    ["/actors/nasty", "/actors", "/search?q=gpj.exe", "/path?from=nasty&to=putin", "/compare"],
)
def test_hostile_labels_are_text(hostile: FlaskClient, url: str) -> None:
    found = page(hostile, url)
    assert [
        each for each in found.all("script") if "alert" in each.text and not each.attributes
    ] == []
    assert found.all("b") == []
    schemes = [each.attributes.get("href", "").partition(":")[0] for each in found.all("a")]
    assert not {"javascript", "data"} & set(schemes)


def test_hostile_labels_stand_apart_and_whole(hostile: FlaskClient) -> None:
    """In an element of their own, so that a change of direction ends with them."""
    heading = page(hostile, "/actors/nasty").one("h1")
    assert heading.one("bdi").text == HOSTILE.strip()
    said = json.loads(page(hostile, "/actors/nasty").one("head").one("script").text)
    assert said["name"] == HOSTILE
