"""The article that was published last."""

from __future__ import annotations

from kg.documents.lookup import Lookup
from kg.questions.rows import nodes
from kg.rdf.terms import NamedNode

_NEWEST = """\
SELECT ?article WHERE {
  ?article a ekg:Article FILTER(isIRI(?article))
  OPTIONAL { ?article schema:datePublished ?day }
} ORDER BY DESC(?day) ?article LIMIT 1"""


def newest_article(lookup: Lookup) -> NamedNode | None:
    """The article with the latest day of publication, if there is any article; one query."""
    return next(iter(nodes(lookup.select(_NEWEST), "article")), None)
