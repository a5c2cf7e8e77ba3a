"""What a form offers: the concepts of a scheme, or the things of a class, by their names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.documents.description import Presenter
from kg.documents.lookup import Lookup, text
from kg.rdf.namespaces import SKOS
from kg.rdf.terms import Literal, NamedNode, Solution
from kg.schema.patterns import LABELS, alternatives, iris

_CONCEPTS = """\
SELECT DISTINCT ?scheme ?thing ?label WHERE {{
  VALUES ?scheme {{ {schemes} }}
  ?thing <{in_scheme}> ?scheme ; {labels} ?label
  FILTER(isIRI(?thing))
}}"""


_THINGS = """\
SELECT DISTINCT ?thing ?label WHERE {{
  {{ SELECT DISTINCT ?thing WHERE {{ ?thing a {class_iri} FILTER(isIRI(?thing)) }} LIMIT {limit} }}
  ?thing {labels} ?label
}}"""

OFFERED = 200  # things; of more of them a browser's list of suggestions is no help


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value that a parameter takes, and what people call it."""

    value: str
    label: str


def choices(
    lookup: Lookup, presenter: Presenter, schemes: Iterable[str], *, segment: str
) -> dict[str, tuple[Choice, ...]]:
    """The concepts of each of ``schemes`` in the order of their names; one query.

    Their values are the ids under ``segment``; what has none there cannot be chosen.
    """
    wanted = sorted(set(schemes))
    if not wanted:
        return {}
    query = _CONCEPTS.format(
        schemes=iris(wanted), in_scheme=f"{SKOS}inScheme", labels=alternatives(LABELS)
    )
    rows = list(lookup.select(query))
    return {
        scheme: _named((row for row in rows if text(row["scheme"]) == scheme), presenter, segment)
        for scheme in wanted
    }


def things(
    lookup: Lookup, presenter: Presenter, class_iri: str, *, segment: str
) -> tuple[Choice, ...]:
    """Things of a class in the order of their names, ``OFFERED`` at most; one query."""
    query = _THINGS.format(
        class_iri=NamedNode(class_iri), labels=alternatives(LABELS), limit=OFFERED
    )
    return _named(lookup.select(query), presenter, segment)


def _named(rows: Iterable[Solution], presenter: Presenter, segment: str) -> tuple[Choice, ...]:
    """What the rows give labels to, as choices by their ids under ``segment``."""
    names: dict[str, dict[str, str]] = {}
    for row in rows:
        label = row["label"]
        tag = label.language or "" if isinstance(label, Literal) else ""
        names.setdefault(text(row["thing"]), {})[tag] = text(label)
    ids = {iri: presenter.iris.local_id(iri, segment) for iri in names}
    found = [
        Choice(value=local_id, label=presenter.label(names[iri]) or local_id)
        for iri, local_id in ids.items()
        if local_id
    ]
    return tuple(sorted(found, key=lambda each: each.label.casefold()))
