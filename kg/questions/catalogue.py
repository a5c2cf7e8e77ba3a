"""Which questions there are, where they are asked, and what their parameters mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.questions.rows import ONTOLOGY
from kg.rdf.formats import HTML, JSON, Format
from kg.rdf.namespaces import OWL
from kg.schema.schema import Schema

ANYTHING = f"{OWL}Thing"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionParameter:
    """A query parameter: the id or IRI of a thing, or a whole number from 1 to ``most``.

    ``times`` says how often it is to be given, 0 where it may be left out.
    """

    name: str
    meaning: str
    times: int = 1
    default: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with a route of its own: below a thing of ``class_iri``, else at the top."""

    name: str
    class_iri: str | None
    labels: Mapping[str, str]
    descriptions: Mapping[str, str]
    parameters: tuple[QuestionParameter, ...] = ()
    formats: tuple[Format, ...] = (JSON,)

    def is_asked_of(self, schema: Schema, class_iri: str) -> bool:
        """Whether things of the class have the route below them."""
        return self.class_iri in {ANYTHING, *schema.superclasses(class_iri)}


LONGEST = QuestionParameter(
    name="max", meaning="how many links an explanation may have", times=0, default=6, most=8
)
EXPLANATIONS = QuestionParameter(
    name="limit", meaning="how many explanations", times=0, default=5, most=20
)

NEIGHBOURHOOD = Question(
    name="neighbourhood",
    class_iri=ANYTHING,
    labels={"en": "neighbourhood", "ja": "つながり"},
    descriptions={
        "en": "What the thing is linked to, as nodes and edges: one edge for each fact or claim,"
        " with its status, source and evidence.",
        "ja": "何とつながっているかを、節点と辺で示す。事実または主張ごとに一つの辺とし、"
        "位置づけ、主張者、根拠を添える。",
    },
    formats=(JSON, HTML),
)

COVERAGE = Question(
    name="coverage",
    class_iri=f"{ONTOLOGY}Article",
    labels={"en": "coverage", "ja": "網羅状況"},
    descriptions={
        "en": "Which sentences of the article items rest on and which none does, the items by"
        " status, and items without evidence.",
        "ja": "記事のどの文が項目の根拠となり、どの文がなっていないか、位置づけごとの項目、"
        "根拠のない項目。",
    },
)

COMPARE = Question(
    name="compare",
    class_iri=None,
    labels={"en": "compare", "ja": "比較"},
    descriptions={
        "en": "The situations on which two actors have both taken a stand, and whether they"
        " now agree.",
        "ja": "二つの行為主体がともに立場を示した事態と、現在一致しているかどうか。",
    },
    formats=(JSON, HTML),
    parameters=(QuestionParameter(name="actor", meaning="the id or IRI of an actor", times=2),),
)

PATH = Question(
    name="path",
    class_iri=None,
    labels={"en": "path", "ja": "経路"},
    descriptions={
        "en": "The shortest explanations that link two things, through items with their evidence.",
        "ja": "二つのものを、根拠のある項目を通じて結ぶ最も短い説明。",
    },
    formats=(JSON, HTML),
    parameters=(
        QuestionParameter(name="from", meaning="the id or IRI of a thing"),
        QuestionParameter(name="to", meaning="the id or IRI of another thing"),
        LONGEST,
        EXPLANATIONS,
    ),
)

QUESTIONS: tuple[Question, ...] = (
    NEIGHBOURHOOD,
    COVERAGE,
    Question(
        name="evidence",
        class_iri=f"{ONTOLOGY}Claim",
        labels={"en": "evidence", "ja": "根拠"},
        descriptions={
            "en": "The sentences that the claim was read from, and the reasons given for it, and"
            " for these, each with its own sentences.",
            "ja": "主張を読み取った文と、その理由(理由の理由も含む)。それぞれに根拠の文を添える。",
        },
        formats=(JSON, HTML),
    ),
    Question(
        name="positions",
        class_iri=f"{ONTOLOGY}Actor",
        labels={"en": "positions", "ja": "立場"},
        descriptions={
            "en": "The situations on which the actor has taken a stand; those on which it has"
            " changed come first, the stands in their order.",
            "ja": "行為主体が立場を示した事態。立場を変えたものを先に、変化の順に示す。",
        },
        formats=(JSON, HTML),
    ),
    COMPARE,
    PATH,
)
