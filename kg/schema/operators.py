"""The operators of filters: the one table that requests, forms, errors and OpenAPI follow.

One that compares is a row here and nothing more. What another one means is said in SPARQL, in
``kg.finding.conditions``, and where the tables can tell it, in SQL, in ``kg.projection.parts``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """How a thing's values must relate to those asked for.

    ``spellings`` make a parameter's name of a filter's, first the one that we write ourselves. One
    with a ``sign``, which SPARQL and SQL share, compares: filters of dates and numbers have it, and
    it takes one value. Without one a thing has any of the values asked for, or where the operator
    ``negates``, none. ``text`` says so to developers; ``labels`` put a filter's label into words.
    """

    spellings: tuple[str, ...]
    sign: str | None = None
    negates: bool = False
    text: str
    labels: Mapping[str, str]

    def parameters(self, filter_name: str) -> tuple[str, ...]:
        """The names of the query parameters that apply this to a filter."""
        return tuple(each.format(filter_name) for each in self.spellings)

    def labelled(self, labels: Mapping[str, str]) -> Mapping[str, str]:
        """What readers call a filter with this operator, by language, from the filter's labels."""
        return {
            language: self.labels.get(language, self.labels["en"]).format(label)
            for language, label in labels.items()
        }


IS = Operator(spellings=("{}",), text="Any of the values", labels={"en": "{}", "ja": "{}"})
OPERATORS = (
    IS,
    Operator(
        spellings=("not.{}", "{}!"),
        negates=True,
        text="None of the values",
        labels={"en": "{} is not", "ja": "{}(次を除く)"},
    ),
    Operator(
        spellings=("{}.from",),
        sign=">=",
        text="At least this",
        labels={"en": "{} from", "ja": "{}(開始)"},
    ),
    Operator(
        spellings=("{}.to",),
        sign="<=",
        text="At most this",
        labels={"en": "{} to", "ja": "{}(終了)"},
    ),
)
