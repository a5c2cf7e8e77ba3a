"""What a push tells of stores that rewrite, lose or do not take what they are sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Store as Oxigraph

from kg.cli.exits import Exit
from kg.cli.main import main
from kg.errors import InputError, NotFound
from kg.exchange.pushing import Fate, Plan, Pushed, Via, pulling, push
from kg.rdf.namespaces import XSD
from kg.rdf.terms import Literal, NamedNode, Quad
from kg.store.embedded.store import EmbeddedStore
from kg.store.opening import TemporaryStore
from kg.store.remote.endpoints import Endpoints
from kg.store.remote.http import Http
from kg.store.remote.service import Service
from tests.content import EX, ONE, TWO, P, put
from tests.servers.scripted import Asked, Said, Script, Scripted, oxigraph

PREFIX = f"{EX}graph/"
DAY = Literal("2025-08-17", datatype=NamedNode(f"{XSD}date"))


@pytest.fixture
def own() -> Iterator[TemporaryStore]:
    """The store that is pushed from."""
    with closing(TemporaryStore()) as store:
        yield store


def rewriting(script: Script, sent: bytes, kept: bytes) -> Script:
    """A store that takes what it is sent for something else."""
    return lambda asked: script(
        asked if asked.query else replace(asked, body=asked.body.replace(sent, kept))
    )


def the_one(found: tuple[Pushed, ...]) -> Pushed:
    """The one graph that there is."""
    (only,) = found
    return only


@pytest.mark.parametrize(
    ("via", "offers", "way"),
    [
        (Via.AUTO, True, "POST"),
        (Via.AUTO, False, "PUT"),
        (Via.GRAPHS, True, "PUT"),
        (Via.UPDATE, False, "POST"),
    ],
)
def test_graphs_are_sent_by_update_where_it_is_offered_or_as_one_says(
    other: Scripted, there: Oxigraph, own: TemporaryStore, via: Via, way: str, *, offers: bool
) -> None:
    right = other.script
    other.script = lambda asked: (
        Said(status=404) if asked.method == "GET" and not offers else right(asked)
    )
    put(own, ONE, "a")
    found = push(Plan(snapshot=own.snapshot(), prefix=PREFIX, via=via), other.service())
    assert the_one(found).fate is Fate.SENT
    assert {each.method for each in other.asked if each.body and not each.query} == {way}
    assert set(there.quads_for_pattern(None, None, None, ONE)) == set(own.snapshot().quads(ONE))


def test_a_store_without_an_address_of_graphs_is_sent_none(
    there: Oxigraph, own: TemporaryStore, other: Scripted
) -> None:
    put(own, ONE, "a")
    without = Endpoints(query=other.url, update=other.url, graphs=None)
    plan = Plan(snapshot=own.snapshot(), prefix=PREFIX, via=Via.GRAPHS)
    with pytest.raises(InputError, match="not known"):
        push(plan, Service(without, Http(), timeout=5))
    assert len(there) == 0


@pytest.mark.parametrize(
    ("kept", "fate", "folds"),
    [
        (b'"2025-08-17Z"', Fate.SENT, ("dates without Z",)),
        (b'"2025-08-18"', Fate.DIFFERS, ()),
    ],
    ids=["rewrites", "changes"],
)
def test_a_store_that_rewrites_values_is_told_from_one_that_changes_them(
    other: Scripted,
    there: Oxigraph,
    own: TemporaryStore,
    kept: bytes,
    fate: Fate,
    folds: tuple[str, ...],
) -> None:
    other.script = rewriting(oxigraph(there), b'"2025-08-17"', kept)
    with own.begin(author="test", message="Add") as change:
        change.insert(ONE, [Quad(ONE, P, DAY, ONE)])
        change.publish()
    plan = Plan(snapshot=own.snapshot(), prefix=PREFIX, via=Via.GRAPHS)
    found = the_one(push(plan, other.service()))
    assert (found.fate, found.folds) == (fate, folds)


def test_a_store_that_others_have_changed_is_sent_the_whole_graph(
    other: Scripted, there: Oxigraph, own: TemporaryStore
) -> None:
    """Where the difference from what it is thought to hold does not lead to what we hold."""
    put(own, ONE, "a", "b")
    old = own.snapshot()
    push(Plan(snapshot=old, prefix=PREFIX), other.service())
    there.add(Quad(ONE, P, Literal("of others"), ONE))
    put(own, ONE, "a", "c")
    plan = Plan(snapshot=own.snapshot(), prefix=PREFIX, since=old, via=Via.UPDATE)
    assert the_one(push(plan, other.service())).fate is Fate.SENT
    assert set(there.quads_for_pattern(None, None, None, ONE)) == set(own.snapshot().quads(ONE))


def test_a_store_that_forgets_what_it_is_sent_differs(
    other: Scripted, there: Oxigraph, own: TemporaryStore
) -> None:
    right = oxigraph(there)

    def forgetful(asked: Asked) -> Said:
        return right(asked) if asked.query or not asked.body else Said(status=204)

    other.script = forgetful
    put(own, ONE, "a")
    found = the_one(push(Plan(snapshot=own.snapshot(), prefix=PREFIX), other.service()))
    assert (found.fate, found.triples) == (Fate.DIFFERS, 1)


def test_the_command_tells_of_each_graph_and_by_its_exit_code_of_a_difference(
    other: Scripted, there: Oxigraph, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(EmbeddedStore(tmp_path), ONE, "a")
    command = ["push", other.url, "--store", str(tmp_path)]
    right = other.script
    for change, extra, told, code in (
        (b"z", ["--dry-run"], "one\t1\tto send\t\n", Exit.OK),
        (b"z", [], "one\t1\tdiffers\t\n", Exit.NO),
        (b"a", [], "one\t1\tsent\t\nidentical\n", Exit.OK),
        (b"a", ["--since", "1"], "identical\n", Exit.OK),
    ):
        other.script = rewriting(right, b'"a"', b'"%s"' % change)
        assert main([*command, *extra]) == code
        assert capsys.readouterr().out == told
    assert len(there) == 1


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize("names", [(TWO.value,), ()])
def test_what_the_other_store_has_not_cannot_be_pulled(
    other: Scripted, names: tuple[str, ...]
) -> None:
    with pytest.raises(NotFound, match="The other store has no graph"):
        pulling(other.service(), names, prefix=PREFIX)
