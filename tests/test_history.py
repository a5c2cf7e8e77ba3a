"""Differences between versions, patches, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kg.errors import Conflict, RdfSyntaxError
from kg.store.base import VersionInfo
from kg.store.embedded.store import EmbeddedStore
from kg.writing.history import difference, returning_to, version_at
from kg.writing.patches import applying, read_patch, write_patch
from kg.writing.publishing import Edit

TEXTS = (
    "INSERT DATA { <urn:a> <urn:b> 1 . GRAPH <urn:g> { <urn:a> <urn:b> 2, 'x\\ny'@en } }",
    "DELETE DATA { <urn:a> <urn:b> 1 } ; INSERT DATA { GRAPH <urn:h> { <urn:a> <urn:b> 3 } }",
    "DROP GRAPH <urn:g> ; INSERT DATA { GRAPH <urn:h> { <urn:a> <urn:b> 4 } }",
)


@pytest.fixture
def store(memory: Path) -> Iterator[EmbeddedStore]:
    """A store in which version N is what the Nth text made."""
    found = EmbeddedStore(memory / "store")
    for text in TEXTS:
        with found.begin(author="test", message=text) as change:
            change.update(text)
            change.publish()
    yield found
    found.close()


def publish(store: EmbeddedStore, edit: Edit) -> VersionInfo:
    """The version that an edit makes."""
    with store.begin(author="test", message="edit") as change:
        edit(change)
        return change.publish()


@pytest.mark.parametrize(("old", "new"), [(0, 3), (1, 2), (2, 1), (3, 0), (1, 3)])
def test_a_patch_makes_one_version_of_the_other(store: EmbeddedStore, old: int, new: int) -> None:
    publish(store, returning_to(store.snapshot(old)))
    text = "".join(write_patch(difference(store, old, new)))
    made = publish(store, applying(read_patch(text)))
    assert made.digest == store.snapshot(new).info.digest


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_way_back_restores_content_and_is_a_new_version(
    store: EmbeddedStore, number: int
) -> None:
    made = publish(store, returning_to(store.snapshot(number)))
    assert made.number == 4
    assert made.digest == store.snapshot(number).info.digest
    assert made.graphs == store.snapshot(number).info.graphs


def test_equal_versions_do_not_differ(store: EmbeddedStore) -> None:
    found = difference(store, 2, 2)
    assert (found.added, found.removed) == ((), ())


def test_the_version_at_a_time_is_the_last_one_before_it(store: EmbeddedStore) -> None:
    versions = store.versions()
    moment = timedelta(microseconds=1)
    for info in versions:
        assert version_at(versions, info.time) == info
    assert version_at(versions, versions[0].time - moment).number == 2
    assert version_at(versions, versions[-1].time - moment).number == 0


def test_a_patch_for_another_content_is_a_conflict(store: EmbeddedStore) -> None:
    patch = read_patch("".join(write_patch(difference(store, 1, 2))))
    with pytest.raises(Conflict):
        publish(store, applying(patch))


def test_rows_count_in_order_and_a_graph_that_they_empty_is_gone(store: EmbeddedStore) -> None:
    rows = 'TX .\nA <urn:a> <urn:b> "5" <urn:i> .\nD <urn:a> <urn:b> "5" <urn:i> .\nTC .\n'
    assert publish(store, applying(read_patch(rows))).number == 3
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    last = "".join(f'D <urn:a> <urn:b> "{n}"^^<{integer}> <urn:h> .\n' for n in (3, 4))
    made = publish(store, applying(read_patch(f"# all of it\n\n{last}")))
    assert "urn:h" not in made.graphs


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A <urn:a> <urn:b> .", 1),
        ("TX .\nA <urn:a> <urn:b> <urn:c> .", 2),
        ("TX .\nPA x: <urn:x> .\nTC .", 2),
        ("\nnonsense", 2),
        ("TX .\n\nA x:a x:b x:c .\nTC .", 3),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, line: int) -> None:
    with pytest.raises(RdfSyntaxError) as error:
        read_patch(text)
    assert error.value.line == line
