"""Who has taken which stand on what, and who has changed it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from kg.documents.description import Json, Presenter, Writer
from kg.documents.lookup import Lookup
from kg.questions.rows import grouped, node_of
from kg.rdf.namespaces import BASE
from kg.rdf.terms import NamedNode

DENIED = NamedNode(f"{BASE}concept/denied")
CLAIMS_LIMIT = 2000  # claims that one answer takes in

# A claim that a situation's absence obtains counts as a denial of the situation. What somebody is
# said to intend is no stand of whoever says so.
_STANDS = """\
SELECT DISTINCT ?actor ?situation ?claim ?negated ?polarity ?old WHERE {{
  VALUES ?actor {{ {actors} }}
  ?claim ekg:accordingTo ?actor ; a ekg:Claim ; ekg:content ?content .
  FILTER NOT EXISTS {{ ?claim a ekg:IntentionAscription }}
  OPTIONAL {{ ?content ekg:negationOf ?negated }}
  OPTIONAL {{ ?claim ekg:polarity ?polarity }}
  OPTIONAL {{ ?claim ekg:changesFrom ?old }}
  BIND(COALESCE(?negated, ?content) AS ?situation)
}} ORDER BY ?situation ?claim LIMIT {limit}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stand:
    actor: NamedNode
    situation: NamedNode
    claim: NamedNode
    denied: bool
    old: tuple[NamedNode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """Answers from one version; each takes two queries."""

    lookup: Lookup
    presenter: Presenter

    def positions(self, actor: NamedNode) -> dict[str, Json]:
        """The stands of an actor, by situation; first where it has changed its stand."""
        groups = _by_situation(self._stands([actor]))
        groups.sort(key=lambda group: not any(each.old for each in group))
        shown = self._writer([actor], groups)
        found: list[Json] = [
            {
                "situation": shown.reference(group[0].situation),
                "changed": any(each.old for each in group),
                "stands": [_written(each, shown) for each in group],
            }
            for group in groups
        ]
        return {"thing": shown.reference(actor), "positions": found, "count": len(found)}

    def compare(self, first: NamedNode, second: NamedNode) -> dict[str, Json]:
        """Where two actors have both taken a stand, and whether the last ones agree."""
        both = {first, second}
        groups = [
            group
            for group in _by_situation(self._stands(both))
            if {each.actor for each in group} == both
        ]
        shown = self._writer(both, groups)
        found: list[Json] = [
            {
                "situation": shown.reference(group[0].situation),
                "agree": _agree(group),
                "stands": [_written(each, shown) for each in group],
            }
            for group in groups
        ]
        return {
            "things": shown.references((first, second)),
            "positions": found,
            "count": len(found),
        }

    def _stands(self, actors: Iterable[NamedNode]) -> list[_Stand]:
        names = " ".join(map(str, actors))
        rows = list(self.lookup.select(_STANDS.format(actors=names, limit=CLAIMS_LIMIT)))
        old = grouped(rows, "claim", "old")
        stands = [
            _Stand(
                actor=node_of(row, "actor"),
                situation=node_of(row, "situation"),
                claim=node_of(row, "claim"),
                denied=(row.get("polarity") == DENIED) != ("negated" in row),
                old=tuple(old[node_of(row, "claim")]),
            )
            for row in rows
        ]
        return list({each.claim: each for each in stands}.values())

    def _writer(self, actors: Iterable[NamedNode], groups: list[list[_Stand]]) -> Writer:
        stands = [each for group in groups for each in group]
        linked = [*actors, *(each.situation for each in stands)]
        description = self.lookup.describe_all((each.claim for each in stands), linked=linked)
        return self.presenter.writer(description)


def _written(stand: _Stand, shown: Writer) -> dict[str, Json]:
    return {
        "by": shown.reference(stand.actor),
        "stand": "denied" if stand.denied else "affirmed",
        "claim": shown.whole(stand.claim),
    }


def _by_situation(stands: Iterable[_Stand]) -> list[list[_Stand]]:
    """Stands by situation, each group in the order in which one changes from another."""
    ordered = sorted(stands, key=lambda each: each.situation.value)
    return [_in_turn(group) for _, group in groupby(ordered, key=lambda each: each.situation)]


def _in_turn(stands: Iterable[_Stand]) -> list[_Stand]:
    """Earlier positions before those that depart from them; a ring is left as it is."""
    left = sorted(stands, key=lambda each: each.claim.value)
    done: list[_Stand] = []
    while left:
        waiting = {each.claim for each in left}
        ready = [each for each in left if waiting.isdisjoint(each.old)] or left
        done += ready
        left = [each for each in left if each not in ready]
    return done


def _agree(group: list[_Stand]) -> bool:
    """Whether the last stands of the actors are the same."""
    return len({each.denied for each in {each.actor: each for each in group}.values()}) == 1
