"""What an article's items rest on, and what of the article they leave out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.documents.description import Json, Presenter
from kg.documents.lookup import Description, Lookup, text
from kg.questions.rows import ONTOLOGY, grouped, nodes
from kg.rdf.terms import NamedNode

_COVERAGE = """\
SELECT ?passage ?item ?status WHERE {{
  VALUES ?article {{ {article} }}
  {{ ?passage ekg:passageOf ?article
    OPTIONAL {{ ?item ekg:evidence ?passage ; ekg:status ?status }} }}
  UNION
  {{ GRAPH ?g {{ ?article a ekg:Article }}
    GRAPH ?g {{ ?item a ekg:SourcedItem ; ekg:status ?status }}
    FILTER NOT EXISTS {{ ?item ekg:evidence ?any }} }}
}} ORDER BY ?passage ?item"""

_EVIDENCE = """\
SELECT DISTINCT ?item ?passage ?for WHERE {{
  VALUES ?claim {{ {claim} }}
  ?claim ekg:supportedBy* ?item .
  OPTIONAL {{ ?item ekg:evidence ?passage }}
  OPTIONAL {{ ?for ekg:supportedBy ?item . ?claim ekg:supportedBy* ?for }}
}} ORDER BY ?item ?passage"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Answers from one version; each takes two queries."""

    lookup: Lookup
    presenter: Presenter

    def of_article(self, article: NamedNode) -> dict[str, Json]:
        """Which sentences of an article are cited, its items by status, items without evidence."""
        rows = list(self.lookup.select(_COVERAGE.format(article=article)))
        passages, statuses = grouped(rows, "passage", "item"), grouped(rows, "status", "item")
        linked = [article, *passages, *statuses, *nodes(rows, "item")]
        description = self.lookup.describe_all((), linked=linked)
        shown = self.presenter.writer(description)
        ordered = _in_order(description, passages)
        cited = [each for each in ordered if passages[each]]
        bare = nodes((row for row in rows if "passage" not in row), "item")
        return {
            "thing": shown.reference(article),
            "sentences": {
                "count": len(ordered),
                "cited": [
                    {
                        "thing": shown.reference(each),
                        "count": len(passages[each]),
                        "things": shown.references(passages[each]),
                    }
                    for each in cited
                ],
                "uncited": shown.references(each for each in ordered if not passages[each]),
            },
            "byStatus": [
                {
                    "concept": shown.reference(each),
                    "count": len(found),
                    "things": shown.references(found),
                }
                for each, found in sorted(statuses.items(), key=str)
            ],
            "withoutEvidence": shown.references(bare),
        }

    def of_claim(self, claim: NamedNode) -> dict[str, Json]:
        """The sentences that a claim was read from, and its reasons with theirs."""
        rows = list(self.lookup.select(_EVIDENCE.format(claim=claim)))
        passages, served = grouped(rows, "item", "passage"), grouped(rows, "item", "for")
        linked = [*passages, *nodes(rows, "passage")]
        description = self.lookup.describe_all((), linked=linked)
        shown = self.presenter.writer(description)
        return {
            "thing": shown.reference(claim),
            "sentences": shown.references(_in_order(description, passages[claim])),
            "reasons": [
                {
                    "thing": shown.reference(each),
                    "sentences": shown.references(_in_order(description, passages[each])),
                    "reasonFor": shown.references(served[each]),
                }
                for each in passages
                if each != claim
            ],
        }


def _in_order(description: Description, passages: Iterable[NamedNode]) -> list[NamedNode]:
    """Passages as they follow one another in the article."""

    def place(node: NamedNode) -> tuple[int, str]:
        start = description.values(node, f"{ONTOLOGY}charStart")
        return (int(text(start[0])) if start else 0, node.value)

    return sorted(passages, key=place)
