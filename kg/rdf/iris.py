"""How things are named: ids under the namespace, and the strict pattern that an id must have."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.errors import NotFound
from kg.rdf.terms import NamedNode

# A slug, or an article's slug and the slug of something that the article puts forward.
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)?")
# Under other segments than "id": concepts, and schemes, which are named like a property.
_NAME = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
ID_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Iris:
    """The naming scheme under one namespace, for example ``https://w3id.org/editorial-kg/``."""

    namespace: str

    def thing(self, segment: str, local_id: str) -> NamedNode:
        """The IRI ``{namespace}{segment}/{local_id}``. Raises NotFound for what can be no id."""
        if len(local_id) > ID_LIMIT or not _is_id(local_id, segment):
            raise NotFound(
                f"{local_id[:ID_LIMIT]!r} is no id: ids are lower-case ASCII words joined by"
                " hyphens, such as putin or yomiuri-2025-08-17/p6s1."
            )
        return NamedNode(f"{self.namespace}{segment}/{local_id}")

    def local_id(self, iri: str, segment: str) -> str | None:
        """The id within ``segment``, or None where the IRI is not one of ours."""
        start = f"{self.namespace}{segment}/"
        rest = iri.removeprefix(start)
        return rest if rest != iri and _is_id(rest, segment) else None

    def graph(self, name: str) -> NamedNode:
        """The IRI of a graph of ours, for example ``{namespace}graph/entities``."""
        return NamedNode(f"{self.namespace}graph/{name}")


def _is_id(text: str, segment: str) -> bool:
    return bool((_ID if segment == "id" else _NAME).fullmatch(text))
