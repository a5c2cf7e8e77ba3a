"""A process that reads a store again and again until its input ends, and prints what it saw.

Prints the number of snapshots read and of different versions among them; ends with an error as soon
as one does not hold exactly what its digests say.
"""

from __future__ import annotations

import select
import sys
from pathlib import Path

from kg.rdf.terms import NamedNode
from kg.store.digests import describe_graph, version_digest
from kg.store.embedded.store import EmbeddedSnapshot, EmbeddedStore

_PAUSE = 0.002  # seconds between two reads, so that the writer gets a turn on a small machine


def main() -> None:
    """Read the store in the folder that the command line names."""
    store = EmbeddedStore(Path(sys.argv[1]))
    read, versions = 0, set()
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], _PAUSE)[0]:
        snapshot = store.snapshot()
        check(snapshot)
        versions.add(snapshot.info.number)
        read += 1
    print(read, len(versions))


def check(snapshot: EmbeddedSnapshot) -> None:
    """Raise AssertionError where what is read is not one whole version."""
    rows = snapshot.select("SELECT DISTINCT ?edition WHERE { ?s <urn:edition> ?edition }")
    editions = [row["edition"] for row in rows]
    assert len(editions) <= 1, (snapshot.info.number, editions)
    found = {name: describe_graph(snapshot.quads(NamedNode(name))) for name in snapshot.info.graphs}
    assert found == dict(snapshot.info.graphs), snapshot.info.number
    assert version_digest(found) == snapshot.info.digest, snapshot.info.number


if __name__ == "__main__":
    main()
