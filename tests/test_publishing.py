"""The one write path: what a change concerns is validated, and it is published whole or not."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from kg.errors import EmptyGraph, InputError, NotConforming, NotFound, Refused
from kg.rdf.formats import N_QUADS
from kg.rdf.iris import Iris
from kg.rdf.namespaces import PREFIXES, RDF
from kg.rdf.parsing import parse
from kg.rdf.terms import Literal, NamedNode, Quad
from kg.settings import Settings
from kg.store.base import Transaction
from kg.store.embedded.store import EmbeddedStore
from kg.validation.engine import Report
from kg.validation.validators import Portion
from kg.writing.history import returning_to
from kg.writing.publishing import Edit, Origin, Publisher, adding, removing, replacing

IRIS = Iris(Settings().namespace)
ENTITIES, ARTICLE = IRIS.graph("entities"), IRIS.graph("yomiuri-2025-08-17")
EDITOR = Origin(author="editor", message="test")
ADMIN = replace(EDITOR, admin=True)
PUTIN = NamedNode(f"{IRIS.namespace}id/putin")
TYPE = NamedNode(f"{RDF}type")
GROUP = NamedNode(f"{PREFIXES['ekg']}Group")
LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")


@dataclass
class Recorder:
    """A checker that finds nothing wrong, and tells what it was given."""

    data: set[Quad] = field(default_factory=set)
    context: set[Quad] = field(default_factory=set)

    def reports(self, portions: Iterable[Portion]) -> Generator[Report]:
        """Empty reports."""
        self.data, self.context = set(), set()
        for portion in portions:
            self.data.update(portion.data)
            self.context.update(portion.context)
            if portion.shared:
                self.context.update(parse(portion.shared.read(), N_QUADS))
            yield Report()

    def graphs(self) -> set[object]:
        """The graphs that were data."""
        return {quad.graph_name for quad in self.data}


@pytest.fixture
def publisher(own_store: Path) -> Iterator[Publisher]:
    store = EmbeddedStore(own_store)
    yield Publisher.local(Settings(), store)
    store.close()


def without(node: NamedNode) -> Edit:
    """The edit that takes all that the shared entities say of a node."""

    def edit(change: Transaction) -> None:
        kept = [quad for quad in change.quads(ENTITIES) if quad.subject != node]
        change.replace(ENTITIES, kept)

    return edit


def refused(publisher: Publisher, edit: Edit, *, strict: bool = False) -> set[str]:
    """The constraints for which an edit is refused, which leaves the store as it was."""
    before = publisher.store.snapshot().info
    with pytest.raises(NotConforming) as error:
        publisher.publish(edit, EDITOR, strict=strict)
    assert publisher.store.snapshot().info == before
    return {each.constraint.rpartition("#")[2] for each in error.value.report.results}


def test_what_links_to_a_shared_entity_is_validated_with_it(publisher: Publisher) -> None:
    assert refused(publisher, without(PUTIN))


def test_a_graph_that_others_link_to_cannot_go(publisher: Publisher) -> None:
    assert refused(publisher, removing(ENTITIES))
    assert refused(publisher, removing(IRIS.graph("concepts")))


def test_a_graph_that_nobody_links_to_can_go_and_come_back(publisher: Publisher) -> None:
    live = publisher.store.snapshot()
    gone = publisher.publish(removing(ARTICLE), EDITOR)
    assert ARTICLE.value not in gone.version.graphs
    back = publisher.publish(returning_to(live), EDITOR)
    assert back.version.digest == live.info.digest
    assert back.version.graphs[ARTICLE.value].source == live.info.graphs[ARTICLE.value].source


def test_a_second_label_from_another_graph_is_seen(publisher: Publisher) -> None:
    more = [*publisher.store.snapshot().quads(ARTICLE)]
    more.append(Quad(PUTIN, LABEL, Literal("Another name", language="en")))
    assert "C04" in refused(publisher, replacing(ARTICLE, more))


def test_only_what_a_change_concerns_is_validated(own_store: Path) -> None:
    """A change of one article looks at no other; one of an entity at what depends on it."""
    store, checker = EmbeddedStore(own_store), Recorder()
    local = replace(Publisher.local(Settings(), store), checker=checker)
    other = IRIS.graph("other")
    thing = NamedNode(f"{IRIS.namespace}id/thing")
    local.publish(adding(other, [Quad(thing, LABEL, Literal("Thing", language="en"))]), EDITOR)
    assert checker.graphs() == {other}
    assert {quad.graph_name for quad in checker.context} >= {ENTITIES, IRIS.graph("concepts")}
    local.publish(adding(ENTITIES, [Quad(PUTIN, LABEL, Literal("P", language="de"))]), EDITOR)
    assert checker.graphs() == {ENTITIES}
    local.publish(adding(ENTITIES, [Quad(PUTIN, TYPE, GROUP)]), EDITOR)
    assert checker.graphs() == {ENTITIES, ARTICLE}
    items = {quad.subject for quad in checker.data if quad.graph_name == ARTICLE}
    live = list(store.snapshot().quads(ARTICLE))
    assert items == {quad.subject for quad in live if quad.object == PUTIN}
    assert {quad for quad in live if quad.subject not in items} <= checker.context
    store.close()


def test_a_violation_in_the_graph_written_ends_the_search(publisher: Publisher) -> None:
    """What thousands of articles make of it too need not be known to refuse it."""
    edit = adding(ENTITIES, [Quad(PUTIN, TYPE, NamedNode(f"{PREFIXES['ekg']}Place"))])
    with pytest.raises(NotConforming) as error:
        publisher.publish(edit, EDITOR)
    assert {each.node for each in error.value.report.results} == {PUTIN}


def test_what_changes_nothing_makes_no_version(publisher: Publisher) -> None:
    done = publisher.publish(adding(ENTITIES, []), EDITOR)
    assert not done.changed


def test_the_vocabulary_is_changed_by_admins_and_only_to_one_that_can_be_used(
    publisher: Publisher,
) -> None:
    shapes = IRIS.graph("shapes")
    comment = Quad(shapes, LABEL, Literal("shapes", language="en"))
    with pytest.raises(Refused):
        publisher.publish(adding(shapes, [comment]), EDITOR)
    assert publisher.publish(adding(shapes, [comment]), ADMIN).changed
    live = publisher.store.snapshot()
    name = NamedNode("http://www.w3.org/ns/shacl#codeIdentifier")
    broken = [
        Quad(quad.subject, name, Literal("no name")) if quad.predicate == name else quad
        for quad in live.quads(shapes)
    ]
    with pytest.raises(InputError):
        publisher.publish(replacing(shapes, broken), ADMIN)
    assert publisher.store.snapshot().info == live.info


def test_an_empty_graph_is_refused_and_an_absent_one_not_found(publisher: Publisher) -> None:
    with pytest.raises(EmptyGraph):
        publisher.publish(replacing(ARTICLE, []), EDITOR)
    with pytest.raises(NotFound):
        publisher.publish(removing(NamedNode("urn:none")), EDITOR)
