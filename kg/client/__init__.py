"""The graph from Python: ``connect`` to a service or to a store on this machine, read things.

g = connect("http://localhost:8000")
for statement in g.actors["putin"].statements:
    print(statement.label, statement.status.label)
"""

from __future__ import annotations

from kg.client.graph import Collection, Graph, Listing, Thing, connect
from kg.client.tables import Table

__all__ = ["Collection", "Graph", "Listing", "Table", "Thing", "connect"]
