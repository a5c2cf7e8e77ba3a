"""No query calls another endpoint unless it is allowed, however it is written."""

from __future__ import annotations

import re
import socket
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QueryBoolean, Store

from kg.errors import Refused
from kg.sparql.policy import check_query, check_update
from kg.sparql.tokens import resolve_escapes

ALLOWED = ("https://ok.example/sparql", "http://localhost:8890/")


def is_refused(text: str, *, allowed: tuple[str, ...] = (), base_iri: str | None = None) -> bool:
    try:
        check_query(text, allowed=allowed, base_iri=base_iri)
    except Refused:
        return True
    return False


def is_update_refused(text: str, *, allowed: tuple[str, ...] = ()) -> bool:
    try:
        check_update(text, allowed=allowed)
    except Refused:
        return True
    return False


CALLS = [
    "SELECT * { SERVICE <http://e/> { ?s ?p ?o } }",
    "SELECT*{service<http://e/>{}}",
    "SELECT * { SERVICE SILENT <http://e/> {} }",
    "SELECT * { serviceSILENT<http://e/>{} }",
    "SELECT * { SERVICE # x\n silent#y\r\t<http://e/>#z\n{} }",
    "SELECT * { SERVICE ?x {} }",
    "SELECT * { SERVICE SILENT $x {} }",
    "SELECT * { VALUES ?x { <http://e/> } SERVICE ?x {} }",
    "PREFIX e: <http://e/> SELECT * { SERVICE e:a {} }",
    "PREFIX e: <http://e/> SELECT * { SERVICE e:a\\-b.c {} }",
    "BASE <http://e/> SELECT * { SERVICE <> {} }",
    "ASK { FILTER EXISTS { SERVICE <http://e/> {} } }",
    "CONSTRUCT {} { { SELECT * { SERVICE <http://e/> {} } } }",
    "DESCRIBE ?x { SERVICE <http://e/> { ?x ?y ?z } }",
    "SELECT * FROM <http://e/> { GRAPH ?g { OPTIONAL { SERVICE <http://e/> {} } } }",
    # Escapes (SPARQL 1.1 Query §19.2)
    r"SELECT * { \u0053ERVICE <http://e/> {} }",
    r"SELECT * { \U00000053ERVICE <http://e/> {} }",
    r"SELECT * { SERVICE\u0020<http://e/>\u007B} }",
    # The engine's parser knows no tokens
    "SELECT * { ?s ?p trueSERVICE<http://e/>{} }",
    "SELECT * { ?s ?p 1SERVICE<http://e/>{} }",
    "PREFIX : <http://e/> SELECT * { SERVICE:a{} }",
    "PREFIX e: <http://e/> SELECT * { SERVICEe:a{} }",
    "PREFIX e: <http://e/> SELECT * { ?s ?p e:a.b.SERVICE e:a{} }",
    "PREFIX e: <http://e/> SELECT * { ?s ?p e:a.b.SERVICEe:a{} }",
    "PREFIX e: <http://e:> SELECT * { ?s ?p e:SERVICE<http://e/>{} }",
    "SELECT * { FILTER(?a<?b)SERVICE#>\n<http://e/>{} }",
    "SELECT * { FILTER(?a<?b)#>'\nSERVICE<http://e/>{}#'\n }",
    "SELECT * { VALUES ?x {'''a' } SERVICE<http://e/>{} #\\uD800'''\n } }",
    "PREFIX service: <http://e/> SELECT * { GRAPH service:g { SERVICE service:a {} } }",
]

HARMLESS = [
    "SELECT * { ?s ?p 'SERVICE <http://e/> {}' }",
    'SELECT * { ?s ?p "\\" SERVICE <http://e/> {}" }',
    "SELECT * { ?s ?p '''it's SERVICE <http://e/> {}''' }",
    'SELECT * { ?s ?p """a\n"SERVICE <http://e/> {" """ }',
    "# SERVICE <http://e/> {}\nASK {}",
    "ASK { # it's a comment\n ?s ?p ?o } # SERVICE <http://e/> {}",
    "SELECT ?service { ?service <http://e/SERVICE> $SERVICE }",
    "SELECT * { ?service ?p ?o { ?s ?SERVICE ?o } }",
    "SELECT * { <http://e/service> <http://e/#service> <http://e/?service={x}> }",
    "PREFIX service: <http://e/> SELECT * { service:a service:b service:SERVICE }",
    "PREFIX service: <http://e/> SELECT * FROM service:g { ?s ?p ?o }",
    "PREFIX service: <http://e/> SELECT * FROM NAMED service:g { GRAPH service:g { ?s ?p ?o } }",
    "PREFIX service: <http://e/> DESCRIBE service:a { ?s ?p ?o }",
    "PREFIX e: <http://e/> SELECT * { ?s e:service ?x { ?x ?y ?z } UNION { ?x ?y ?a } }",
    "PREFIX e: <http://e/> SELECT * { ?s e:a.service ?x . ?x e:service.b ?y }",
    "SELECT * { ?s ?p ?o FILTER(?service < 3 && ?o > 2) }",
    "SELECT ?load { ?load ?p 'LOAD <http://e/>' }",
]


@pytest.mark.parametrize("text", CALLS)
def test_a_call_is_refused(text: str) -> None:
    assert is_refused(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_the_word_alone_is_harmless(text: str) -> None:
    assert not is_refused(text)


@pytest.mark.parametrize(
    "prologue",
    ["".join(f"BASE <http://e/{n}/> " for n in range(20)), "BASE <http://[e/> "],
    ids=["many", "no address"],
)
def test_a_base_that_nobody_can_follow_is_refused(prologue: str) -> None:
    assert is_refused(f"{prologue} ASK {{ SERVICE <x> {{}} }}", allowed=("http://e/",))
    assert not is_refused(f"{prologue} ASK {{ ?service ?p <x> }}")


def test_a_refusal_names_the_address() -> None:
    with pytest.raises(Refused, match=re.escape("SERVICE <http://e/a> is refused")):
        check_query("PREFIX e: <http://e/> ASK { SERVICE e:a {} }", allowed=())
    with pytest.raises(Refused, match=re.escape("SERVICE ?x is refused")):
        check_query("ASK { SERVICE ?x {} }", allowed=ALLOWED)


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://e/>",
        "load silent <http://e/> into graph <http://g/>",
        "BASE <http://e/> LOAD <x>",
        "PREFIX e: <http://e/> LOAD e:a",
        "INSERT DATA { <a> <b> <c> };LOAD<http://e/>",
        "CLEAR ALL ; # x\n LOAD <file:///etc/passwd> ; CLEAR ALL",
        r"\u004COAD <http://e/>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://e/> { ?s ?p ?o } }",
        'VERSION "1.2" LOAD <http://e/>',
    ],
)
def test_an_update_that_fetches_is_refused(text: str) -> None:
    assert is_update_refused(text)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a> <b> 'LOAD <http://e/>' }",
        "PREFIX load: <http://e/> INSERT DATA { load:x load:y load:z ; load:a load:b . }",
        "PREFIX load: <http://e/> INSERT DATA { <a> <b> load:c ; <d> load:e } ; CLEAR ALL",
        "PREFIX load: <http://e/> WITH load:g DELETE { ?load ?p ?o } WHERE { ?load ?p ?o }",
        "CLEAR GRAPH <http://e/LOAD> ; # LOAD <http://e/>\n",
    ],
)
def test_an_update_that_only_says_load_is_harmless(text: str) -> None:
    assert not is_update_refused(text)


@pytest.mark.parametrize(
    ("address", "is_allowed"),
    [
        ("https://ok.example/sparql", True),
        ("https://ok.example/sparql?a=b", True),
        ("https://ok.example/sparql/b", True),
        ("https://OK.example:443/sparql", True),
        ("http://localhost:8890/a/b", True),
        ("http://localhost:8890", True),
        ("https://ok.example/sparql2", False),
        ("https://ok.example/", False),
        ("http://ok.example/sparql", False),
        ("https://ok.example:444/sparql", False),
        ("https://ok.example.evil/sparql", False),
        ("https://ok.example@evil/sparql", False),
        ("https://ok.example:x@evil/sparql", False),
        ("https://evil/?https://ok.example/sparql", False),
        ("https://ok.example/sparql/../x", False),
        ("https://ok.example/sparql/%2E./x", False),
        ("https://ok.exämple/sparql", False),
        ("//ok.example/sparql", True),
        ("/sparql", False),
        ("file:///etc/passwd", False),
        ("https:ok.example/sparql", False),
        ("https://[::1]/", False),
        ("https://[/", False),
    ],
)
def test_an_address_is_allowed_if_it_is_below_one_that_is(address: str, is_allowed: bool) -> None:  # noqa: FBT001
    text = f"ASK {{ SERVICE <{address}> {{}} }}"
    assert is_refused(text, allowed=ALLOWED, base_iri="https://evil.example/") is not is_allowed


@pytest.mark.parametrize(
    ("text", "is_allowed"),
    [
        ("PREFIX s: <https://ok.example/> ASK { SERVICE s:sparql {} }", True),
        ("BASE <https://ok.example/> PREFIX s: <spa> ASK { SERVICE s:rql {} }", True),
        ("BASE <https://ok.example/> ASK { SERVICE <sparql> {} }", True),
        (r"ASK { SERVICE <https://ok.example/sp\u0061rql> {} }", True),
        ("BASE <https://ok.example/> BASE <//evil/> ASK { SERVICE <sparql> {} }", False),
        ("PREFIX s: <https://ok.example/> PREFIX s: <http://e/> ASK{SERVICE s:sparql{}}", False),
        ("ASK { SERVICE s:sparql {} }", False),
        ("ASK { SERVICE <https://ok.example/sparql> {} SERVICE <http://e/> {} }", False),
    ],
)
def test_an_address_is_read_as_its_prologue_says(text: str, is_allowed: bool) -> None:  # noqa: FBT001
    assert is_refused(text, allowed=ALLOWED) is not is_allowed


@pytest.mark.parametrize("unit", ["service#", "SERVICE:a.", "service ", "<a", "'\"", "p:a.a", "{?"])
def test_no_text_takes_long(unit: str) -> None:
    text = unit * (1_000_000 // len(unit)) + "SERVICE <http://e/> {}"
    assert is_refused(text)
    is_refused(text[-30_000:])


class Listener:
    """A server on this machine that counts who calls."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._socket.getsockname()[1]
        self.calls = 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            self.calls += 1
            connection.close()


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener()


@pytest.fixture(scope="module")
def store() -> Store:
    store = Store()
    store.add(Quad(NamedNode("http://e/a"), NamedNode("http://e/b"), Literal("c")))
    return store


PROLOGUE = ["PREFIX : <U> ", "PREFIX e: <U> ", "PREFIX service: <U> ", "BASE <U> ", "PREFIX r: <> "]
PIECES = [
    *("SERVICE", "service ", "SILENT", "<U>", "<U>{}", ":a", "e:b.c.", "service:a", "SERVICE:a"),
    *(
        "{",
        "}",
        "{}",
        "?s",
        "?s ?p ",
        "?a<?b",
        "FILTER(",
        "VALUES ?x {",
        "GRAPH ",
        "OPTIONAL{",
        ")",
    ),
    *(
        "'",
        '"',
        "'''",
        '"""',
        "\\u0027",
        "\\uD800",
        "\\u0053ERVICE",
        "#",
        "#>",
        "\n",
        " ",
        ".",
        ";",
    ),
    *("true", "1", ".5", "@en", "_:b", "<", ">", "<U", "e:", "é", "\\", "a", "[]", "EXISTS", ")"),
]
TEMPLATES = [
    "SELECT * {~ SERVICE <U> {?s ?p ?o}}",
    "SELECT * {?s ?p trueSERVICE<U>{} ~}",
    "SELECT * {FILTER(?a<?b)SERVICE#>\n<U>{} ~}",
    "SELECT * {VALUES ?x {'''a' } SERVICE<U>{} #\\uD800'''\n} ~}",
    "SELECT * {GRAPH e:g {~ SERVICE SILENT:a{}}}",
    "SELECT * {?s ?p e:a.b.SERVICE e:a{} ~}",
    "ASK {?s ?p 'x'@en. ~ SERVICEe:a{}}",
]


@st.composite
def queries(draw: st.DrawFn) -> str:
    """Queries that call, with pieces of SPARQL thrown in."""
    prologue = "".join(draw(st.lists(st.sampled_from(PROLOGUE), max_size=4)))
    filler = "".join(draw(st.lists(st.sampled_from(PIECES), max_size=4)))
    text = draw(st.sampled_from(TEMPLATES)).replace("~", filler)
    for piece in draw(st.lists(st.sampled_from(PIECES), max_size=2)):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + piece + text[at:]
    return prologue + text


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(template=queries())
def test_what_passes_never_calls(template: str, listener: Listener, store: Store) -> None:
    address = f"http://127.0.0.1:{listener.port}/"
    text = template.replace("U", address) if "U" in template else template
    before = listener.calls
    if is_refused(text, base_iri=address):
        return
    for variant in {text, resolve_escapes(text)}:
        try:
            result = store.query(variant, base_iri=address)
            assert isinstance(result, QueryBoolean) or list(result) is not None
        except (SyntaxError, OSError, RuntimeError, ValueError):
            continue
    assert listener.calls == before


def test_the_engine_would_call(listener: Listener, store: Store) -> None:
    """Else the test above would prove nothing."""
    before = listener.calls
    with pytest.raises(OSError, match=r".+"):
        store.query(f"ASK {{ SERVICE <http://127.0.0.1:{listener.port}/> {{ ?s ?p ?o }} }}")
    assert listener.calls > before
