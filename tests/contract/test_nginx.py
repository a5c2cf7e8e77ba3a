"""API processes behind nginx with the configuration that we ship, over one Fuseki."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote, urlsplit

import pytest

from kg.writing.access import Scope, Tokens
from tests.commands import serving
from tests.processes import soon
from tests.rest import quads
from tests.servers.proxy import nginx
from tests.servers.running import NotInstalled, Server, free_port
from tests.servers.started import Servers

LONG = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(CONTAINS(STR(?a), STR(?i))) }"
TREATY = """
@prefix ekg: <https://w3id.org/editorial-kg/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://w3id.org/editorial-kg/id/{name}> a ekg:Place ;
    rdfs:label "{name}"@en , "{name}"@ja ; <http://purl.org/dc/terms/identifier> "{name}" .
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def cache(self) -> str | None:
        """What nginx's cache had to do with it."""
        return self.headers["X-Cache-Status"]


@dataclass(frozen=True, slots=True)
class Front:
    """nginx, and the API processes behind it."""

    url: str
    apis: tuple[str, ...]
    token: str

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
        """One request; names of headers are written with underscores."""
        with connected(self.url) as connection:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            root = urlsplit(self.url).path
            connection.request(method, root + path, body.encode() or None, named)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def write(self, name: str, graph: str = "visitors") -> Answer:
        """Make a graph with one place in it."""
        authorization = f"Bearer {self.token}"
        body = TREATY.format(name=name)
        return self.ask(
            f"/graph/{graph}", "PUT", body, Content_Type="text/turtle", Authorization=authorization
        )


@contextmanager
def connected(url: str) -> Iterator[http.client.HTTPConnection]:
    """A connection to a server."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        yield connection
    finally:
        connection.close()


@pytest.fixture(scope="module")
def fuseki(servers: Servers) -> Iterator[Server]:
    """Fuseki with the shipped graph."""
    with servers.holding("fuseki", quads()) as server:
        yield server


@pytest.fixture(scope="module")
def front(fuseki: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """nginx before two API processes."""
    home = tmp_path_factory.mktemp("front")
    token = Tokens(home / "tokens.json").add("test", Scope.WRITE)
    environ = {"KG_TOKENS": str(home / "tokens.json"), "KG_QUERY_TIMEOUT": "30"}
    with ExitStack() as stack:
        arguments = ("--store", fuseki.settings.store, "--workers", "1")
        apis = tuple(
            stack.enter_context(
                serving(*arguments, log=home / f"log-{number}", environ=environ)
            ).url
            for number in range(2)
        )
        try:
            url = stack.enter_context(nginx(home, [urlsplit(each).netloc for each in apis]))
        except NotInstalled as error:
            pytest.skip(str(error))
        yield Front(url, apis, token)


def test_an_answer_is_kept_and_asked_about_each_time(front: Front) -> None:
    first, again = (front.ask("/actors/putin?fields=label") for _ in range(2))
    assert (first.status, first.cache, again.cache) == (200, "MISS", "REVALIDATED")
    assert again.body == first.body
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "public, no-cache"
    known = front.ask("/actors/putin?fields=label", If_None_Match=first.headers["ETag"])
    assert (known.status, known.body) == (304, b"")
    assert "X-Accel-Expires" not in again.headers


def test_each_representation_is_kept_by_itself(front: Front) -> None:
    for _ in range(2):
        json_form = front.ask("/actors/trump", Accept="application/json")
        turtle = front.ask("/actors/trump", Accept="text/turtle")
        assert json_form.headers["Content-Type"] == "application/json"
        assert turtle.headers["Content-Type"].startswith("text/turtle")


def test_what_is_written_is_seen_at_once_whoever_answers(front: Front) -> None:
    """No process and no cache shows what was before, however often it was asked for."""
    for number in range(2):
        for _ in range(2):
            front.ask("/places?fields=label")
        assert front.write(f"place-{number}").status in {201, 204}
        shown = [front.ask("/places?fields=label").body for _ in range(3)]
        assert all(f'"place-{number}"'.encode() in each for each in shown)
        assert not any(f'"place-{number - 1}"'.encode() in each for each in shown)


def test_what_a_version_says_is_asked_about_where_others_may_write(front: Front) -> None:
    number = json.loads(front.ask("/health").body)["version"]
    path = f"/norms?version={number}&fields=label"
    first, again = (front.ask(path) for _ in range(2))
    assert (first.cache, again.cache) == ("MISS", "REVALIDATED")
    assert again.headers["Cache-Control"] == "public, no-cache"
    assert again.body == first.body


def test_neither_writes_nor_what_a_token_sees_is_kept(front: Front) -> None:
    assert front.write("anywhere").cache is None
    for _ in range(2):
        shown = front.ask("/events?fields=label", Authorization=f"Bearer {front.token}")
        assert (shown.status, shown.cache) == (200, "BYPASS")
    assert front.ask("/events?fields=label").cache == "MISS"
    assert front.ask("/health").cache == front.ask("/health").cache == "MISS"
    refused = front.ask(
        "/graph/visitors", "PUT", TREATY.format(name="x"), Content_Type="text/turtle"
    )
    assert (refused.status, refused.headers["WWW-Authenticate"][:6]) == (401, "Bearer")


def test_errors_are_not_kept(front: Front) -> None:
    for _ in range(2):
        missing = front.ask("/actors/nobody")
        assert (missing.status, missing.cache) == (404, "MISS")


def test_a_result_is_passed_on_as_it_comes(tmp_path: Path) -> None:
    """The API sends the rest only when the client has what came before."""
    has_first = Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        request.wfile.write(b"first")
        assert has_first.wait(30)
        request.wfile.write(b"rest")

    with api(answer) as address, nginx(tmp_path, [address]) as url, connected(url) as connection:
        connection.request("GET", "/sparql?query=ASK%20%7B%7D")
        response = connection.getresponse()
        assert response.read(5) == b"first"
        has_first.set()
        assert response.read() == b"rest"


def test_who_hangs_up_ends_the_query(front: Front) -> None:
    with connected(front.url) as connection:
        connection.request("GET", f"/sparql?timeout=30&query={quote(LONG)}")
        assert soon(lambda: running_queries(front) == 1, within=20)
    assert soon(lambda: running_queries(front) == 0, within=10)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_what_an_api_says_of_its_troubles_passes_as_it_is(status: int, tmp_path: Path) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Type", "application/problem+json")
        request.send_header("Retry-After", "7")
        request.end_headers()
        request.wfile.write(b"{}")

    with api(answer) as address, nginx(tmp_path, [address]) as url:
        asked = Front(url, (), "").ask("/actors")
    assert (asked.status, asked.body, asked.headers["Retry-After"]) == (status, b"{}", "7")
    assert asked.headers["Content-Type"] == "application/problem+json"


def test_figures_of_a_process_are_not_shown(front: Front) -> None:
    assert front.ask("/metrics").status == 404


def test_a_path_that_it_is_mounted_under_comes_from_nginx_alone(
    front: Front, tmp_path: Path
) -> None:
    apis = [urlsplit(each).netloc for each in front.apis]
    with nginx(tmp_path, apis, prefix="/kg") as url:
        mounted = Front(url, front.apis, front.token)
        assert json.loads(mounted.ask("/actors/putin").body)["url"] == "/kg/actors/putin"
        shown = mounted.ask("/id/putin")
        assert (shown.status, shown.headers["Location"]) == (303, "/kg/actors/putin")
    hostile = {"X_Forwarded_Prefix": "/evil", "Script_Name": "/evil", "X_Script_Name": "/evil"}
    assert json.loads(front.ask("/actors/putin", **hostile).body)["url"] == "/actors/putin"


def test_without_any_api_process_there_is_a_problem_document(tmp_path: Path) -> None:
    with nginx(tmp_path, [f"127.0.0.1:{free_port()}"]) as url, connected(url) as connection:
        connection.request("GET", "/actors")
        response = connection.getresponse()
        assert (response.status, response.headers["Retry-After"]) == (502, "5")
        assert response.headers["Content-Type"] == "application/problem+json"
        assert json.loads(response.read())["status"] == 502


@contextmanager
def api(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """HOST:PORT of a server that gives this answer to every GET."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def running_queries(front: Front) -> int:
    """How many queries of clients run now, over all API processes."""
    found = 0
    for api in front.apis:
        with connected(api) as connection:
            connection.request("GET", "/metrics")
            for line in connection.getresponse().read().decode().splitlines():
                if line.startswith("kg_queries_running"):
                    found += int(float(line.split()[-1]))
    return found
