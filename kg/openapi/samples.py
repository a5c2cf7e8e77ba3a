"""A thing of each class, as examples."""

from __future__ import annotations

from kg.documents.description import Json, Presenter
from kg.documents.lookup import Lookup
from kg.openapi.document import Examples
from kg.rdf.terms import NamedNode


def sample(lookup: Lookup, presenter: Presenter) -> Examples:
    """One thing of each class that has any, by two queries."""
    schema = presenter.schema
    branches = " UNION ".join(
        f"{{ {{ SELECT ?s (<{iri}> AS ?class) WHERE {{ ?s a <{iri}> }} LIMIT 1 }} }}"
        for iri in schema.classes
    )
    rows = list(lookup.select(f"SELECT ?class ?s WHERE {{ {branches} }}")) if branches else []
    chosen = {
        row["class"].value: row["s"]
        for row in rows
        if isinstance(row["class"], NamedNode) and isinstance(row["s"], NamedNode)
    }
    description = lookup.describe_all(dict.fromkeys(chosen.values()))
    writer = presenter.writer(description)
    things: dict[str, Json] = {
        schema.class_name(iri): writer.whole(node) for iri, node in chosen.items()
    }
    ids = {
        collection.name: local_id
        for collection in schema.collections.values()
        if (node := chosen.get(collection.class_iri))
        if (local_id := presenter.iris.local_id(node.value, collection.segment))
    }
    return Examples(things=things, ids=ids)
