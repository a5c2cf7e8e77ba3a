"""What an update can write to is never told too narrowly, and its request's dataset is put in."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Store

from kg.errors import ParameterError
from kg.rdf.terms import DefaultGraph
from kg.sparql.updates import Reach, reach, with_dataset, with_lenient_clear

PREFIX = "PREFIX x: <http://e.org/x#>\n"


@pytest.mark.parametrize(
    ("text", "graphs", "quick"),
    [
        ("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }", {"urn:g"}, True),
        (f"{PREFIX}INSERT DATA {{ GRAPH x:g {{ x:a x:b 'GRAPH' }} }}", {"http://e.org/x#g"}, True),
        ("INSERT DATA { <urn:a> <urn:b> true }", set(), True),
        ("WITH <urn:w> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", {"urn:w"}, False),
        ("MOVE SILENT <urn:a> TO GRAPH <urn:b>", {"urn:a", "urn:b"}, True),
        ("DROP GRAPH <urn:g> ; CREATE SILENT GRAPH <urn:h>", {"urn:g", "urn:h"}, True),
    ],
)
def test_a_plain_update_is_understood(text: str, graphs: set[str], quick: bool) -> None:  # noqa: FBT001
    assert reach(text) == Reach(graphs=frozenset(graphs), quick=quick)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT { GRAPH ?g { <urn:a> <urn:b> 1 } } WHERE { GRAPH ?g { ?s ?p ?o } }",
        "DROP ALL",
        "CLEAR NAMED",
        "LOAD <http://e.org/x.trig>",
        "INSERT DATA { GRAPH <relative> { <urn:a> <urn:b> 1 } }",
        "INSERT DATA { <urn:a> <urn:b> trueGRAPH<urn:g>{ <urn:a> <urn:b> 1 } }",
        r"INSERT DATA { \u0047RAPH <urn:g> { <urn:a> <urn:b> 1 } }",
        "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?o<?p) }",
        "PREFIX x: <urn:x:> COPY <urn:g> TOx:h",
        "PREFIX x: <urn:x:> PREFIX TOx: <urn:y:> COPY <urn:g> TOx:h",
        "PREFIXx: <urn:x:> DROP GRAPH x:h",
    ],
)
def test_what_is_not_plain_to_see_is_not_guessed(text: str) -> None:
    assert reach(text) is None


# Operations in which a space more or less may change what is a keyword, a name or a number.
OPERATIONS = st.sampled_from(
    [
        "INSERT DATA { <urn:a> <urn:b> true . GRAPH <urn:g> { <urn:a> <urn:b> 3 } }",
        "INSERT DATA { <urn:a> <urn:b> 'GRAPH'@en . GRAPH x:h { <urn:a> x:c 1.5 } }",
        "INSERT DATA { <urn:a> x:a.b. GRAPH :k { <urn:a> :c 1 . } }",
        "DELETE DATA { GRAPH <urn:i> { <urn:a> <urn:b> 1 } }",
        "DELETE WHERE { GRAPH <urn:g> { ?s ?p 1 } }",
        "WITH <urn:m> DELETE { ?s ?p 1 } INSERT { ?s a 4 } WHERE { ?s ?p ?o }",
        "INSERT { GRAPH x:j { ?s ?p 5 } } USING <urn:n> WHERE { ?s ?p ?o FILTER(?o < 2) }",
        "INSERT { GRAPH ?g { ?s ?p 6 } } WHERE { GRAPH ?g { ?s ?p 1 } }",
        "COPY GRAPH <urn:g> TO x:h",
        "MOVE SILENT <urn:i> TO DEFAULT",
        "ADD DEFAULT TO GRAPH :k",
        "DROP GRAPH <urn:l>",
        "CLEAR SILENT GRAPH x:j",
        "CREATE GRAPH <urn:new>",
        "DROP NAMED",
        "# CLEAR ALL ;\nCLEAR DEFAULT",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(OPERATIONS, min_size=1, max_size=3),
    st.sampled_from(["PREFIX x: <urn:x:>", "PREFIX x: <http://h>", "BASE <http://b/c>"]),
    st.randoms(use_true_random=False),
)
def test_no_update_writes_beyond_its_reach(
    operations: list[str], prologue: str, chance: random.Random
) -> None:
    """Whatever text the engine runs: the graphs that it changes are among those told."""
    text = f"PREFIX x: <urn:x:> {prologue} PREFIX : <urn:y:> {';'.join(operations)}"
    text = "".join(each for each in text if each != " " or chance.random() < 0.8)
    known = reach(text)
    names = ["urn:g", "urn:i", "urn:m", "urn:n", "urn:x:h", "urn:x:j", "urn:y:k", "urn:l"]
    data = [f"INSERT DATA {{ GRAPH <{name}> {{ <urn:a> <urn:b> 1, 2 }} }}" for name in names]
    store = Store()
    store.update(";".join([*data, "INSERT DATA { <urn:a> <urn:b> 1, 2 }"]))
    before = contents(store)
    try:
        store.update(text)
    except (SyntaxError, RuntimeError):
        return
    after = contents(store)
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    if known is not None:
        assert changed - {""} <= known.graphs


def contents(store: Store) -> dict[str, frozenset[str]]:
    """What each graph holds, the default graph under the empty name."""
    named = {str(name)[1:-1]: name for name in store.named_graphs()}
    graphs = {"": DefaultGraph()} | named
    return {
        key: frozenset(map(str, store.quads_for_pattern(None, None, None, graph)))
        for key, graph in graphs.items()
    }


def test_using_is_put_before_each_pattern_and_nowhere_else() -> None:
    text = (
        "INSERT DATA { <urn:a> <urn:b> 'WHERE {' } ; # WHERE {\n"
        "DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { { ?s ?p ?o } } ;"
        "DELETE WHERE { ?s ?p 2 . GRAPH <urn:h> { ?s ?p 3 } }"
    )
    given_ = with_dataset(text, default_graphs=["urn:d"], named_graphs=["urn:n"])
    assert given_.count("USING <urn:d>") == 2
    assert given_.count("USING NAMED <urn:n>") == 2
    Store().update(given_)
    assert "DELETE  { ?s ?p 2 . GRAPH <urn:h> { ?s ?p 3 } }" in given_
    assert with_dataset(text) == text


@pytest.mark.parametrize("clause", ["USING <urn:a>", "using named <urn:a>"])
def test_using_in_both_places_is_an_error_and_the_word_elsewhere_is_none(clause: str) -> None:
    with pytest.raises(ParameterError):
        with_dataset(f"INSERT {{}} {clause} WHERE {{}}", default_graphs=["urn:d"])
    harmless = "INSERT DATA { <urn:USING> <urn:with> 'WITH USING' } # USING"
    assert with_dataset(harmless, default_graphs=["urn:d"]) == harmless


@pytest.mark.parametrize(
    ("text", "applied"),
    [
        ("CLEAR GRAPH <urn:g>", "CLEAR SILENT GRAPH <urn:g>"),
        ("clear\ngraph <urn:g> ; CLEAR ALL", "clear SILENT\ngraph <urn:g> ; CLEAR ALL"),
        ("CLEAR SILENT GRAPH <urn:g>", "CLEAR SILENT GRAPH <urn:g>"),
        ("INSERT DATA { <urn:a> <urn:b> 'CLEAR GRAPH' } # CLEAR GRAPH", None),
    ],
)
def test_clear_of_a_graph_that_may_be_missing_is_made_silent(
    text: str, applied: str | None
) -> None:
    assert with_lenient_clear(text) == (applied or text)
