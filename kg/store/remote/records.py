"""What we note in another engine about its content: who wrote it last, and each graph's digest.

The notes are triples in a graph of their own, written by the same update as the content. Whoever
writes past us leaves them as they are, so they are held against the number of triples that each
graph has: an equal number of other triples is the one change that goes unseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from kg.rdf.namespaces import BASE
from kg.rdf.terms import Literal, NamedNode, Term
from kg.store.base import GraphInfo, VersionInfo
from kg.store.digests import version_digest
from kg.store.remote.service import Service

_STORE = f"{BASE}store#"
RECORD = NamedNode(f"{_STORE}record")  # the graph of the notes, and what they are about
_HEAD = ("number", "time", "author", "message", "parent", "digest", "commit")

# Graphs that servers have from the beginning and that nobody means by their content.
_SYSTEM = (
    RECORD.value,
    "http://www.openlinksw.com/schemas/",
    "http://www.w3.org/ns/ldp#",
    "http://www.w3.org/2002/07/owl#",
    "urn:activitystreams-owl:map",
    "urn:core:services:sparql",
    "http://localuriqaserver/",
    "b3s:",
)
_LOCAL = ("/DAV/", "/sparql", "/DAV")  # ends of Virtuoso's own graphs at its own address

_READ_HEAD = f"SELECT ?p ?o WHERE {{ GRAPH {RECORD} {{ {RECORD} ?p ?o }} }}"
_READ_ALL = f"SELECT ?s ?p ?o WHERE {{ GRAPH {RECORD} {{ ?s ?p ?o }} }}"
_COUNT = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The note on the last commit; ``commit`` differs from that of every other one."""

    number: int
    time: datetime
    author: str
    message: str
    digest: str
    commit: str
    parent: int | None = None


NOBODY = Head(
    number=0,
    time=datetime.fromtimestamp(0, UTC),
    author="kg",
    message="Nothing has been written here by this program yet",
    digest=version_digest({}),
    commit="",
)


def term(name: str) -> NamedNode:
    """The property of a note."""
    return NamedNode(_STORE + name)


def read_head(service: Service) -> Head:
    """The note on the last commit; NOBODY where there was none."""
    rows = service.select(_READ_HEAD)
    found = {_text(row["p"]).removeprefix(_STORE): _text(row["o"]) for row in rows}
    if not found:
        return NOBODY
    return Head(
        number=int(found["number"]),
        time=datetime.fromisoformat(found["time"]),
        author=found["author"],
        message=found["message"],
        digest=found["digest"],
        commit=found["commit"],
        parent=int(found["parent"]),
    )


def read_graphs(service: Service) -> dict[str, GraphInfo]:
    """What was noted of each graph."""
    notes: dict[str, dict[str, str]] = {}
    for row in service.select(_READ_ALL):
        if row["s"] != RECORD:
            name = _text(row["p"]).removeprefix(_STORE)
            notes.setdefault(_text(row["s"]), {})[name] = _text(row["o"])
    return {
        graph: GraphInfo(
            triples=int(note["triples"]), digest=note["digest"], source=note.get("source")
        )
        for graph, note in notes.items()
    }


def count_graphs(service: Service) -> dict[str, int]:
    """How many triples each named graph has now, those of the server itself left out."""
    counts = {_text(row["g"]): int(_text(row["n"])) for row in service.select(_COUNT) if "g" in row}
    return {name: number for name, number in counts.items() if not is_system(name)}


def is_system(graph: str) -> bool:
    """Whether a graph is the server's own, or that of our notes."""
    local = graph.startswith(("http://localhost:", "http://127.0.0.1:"))
    return graph.startswith(_SYSTEM) or (local and graph.endswith(_LOCAL))


def described(head: Head, noted: Mapping[str, GraphInfo], counts: Mapping[str, int]) -> VersionInfo:
    """The version that notes and counts make.

    A graph that others have written has a digest that only tells how many triples it has: to know
    more, all of it would have to be read.
    """
    graphs = {name: _believed(name, noted.get(name), number) for name, number in counts.items()}
    kept = {name: info for name, info in noted.items() if not info.triples and name not in counts}
    graphs |= kept
    return VersionInfo(
        number=head.number,
        time=head.time,
        author=head.author,
        message=head.message,
        parent=head.parent,
        digest=version_digest(graphs),
        graphs=graphs,
    )


def take(old: Head, new: Head) -> str:
    """The operation that puts ``new`` in the place of ``old``, if that is still there."""
    values = _group(RECORD, _head_values(new))
    if not old.commit:
        free = f"FILTER NOT EXISTS {{ GRAPH {RECORD} {{ {RECORD} {term('commit')} ?other }} }}"
        return f"INSERT {{ {values} }} WHERE {{ {free} }}"
    known = f"{RECORD} {term('commit')} {Literal(old.commit)}"
    every = f"GRAPH {RECORD} {{ {RECORD} ?p ?o }}"
    return (
        f"DELETE {{ {every} }} INSERT {{ {values} }}"
        f" WHERE {{ GRAPH {RECORD} {{ {known} . {RECORD} ?p ?o }} }}"
    )


def note(graph: NamedNode, info: GraphInfo | None, condition: str) -> Iterator[str]:
    """The operations that note what a graph now is, None for gone, where ``condition`` holds."""
    every = f"GRAPH {RECORD} {{ {graph} ?p ?o }}"
    yield f"DELETE {{ {every} }} WHERE {{ {condition} {every} }}"
    if info is not None:
        yield f"INSERT {{ {_group(graph, _graph_values(info))} }} WHERE {{ {condition} }}"


def _group(node: NamedNode, values: Iterator[tuple[str, str]]) -> str:
    lines = " ".join(f"{node} {term(name)} {Literal(value)} ." for name, value in values)
    return f"GRAPH {RECORD} {{ {lines} }}"


def _head_values(head: Head) -> Iterator[tuple[str, str]]:
    values = {name: getattr(head, name) for name in _HEAD}
    values["time"] = head.time.isoformat(timespec="microseconds")
    return ((name, str(value)) for name, value in values.items())


def _graph_values(info: GraphInfo) -> Iterator[tuple[str, str]]:
    values = {"triples": str(info.triples), "digest": info.digest, "source": info.source}
    return ((name, value) for name, value in values.items() if value)


def _believed(name: str, noted: GraphInfo | None, triples: int) -> GraphInfo:
    if noted is not None and noted.triples == triples:
        return noted
    digest = sha256(f"{name} {triples}\n".encode()).hexdigest()
    return GraphInfo(triples=triples, digest=digest, source=noted.source if noted else None)


def _text(value: Term) -> str:
    assert isinstance(value, NamedNode | Literal)
    return value.value
