"""What kind of query a text is, and the parts of it that the caller needs to know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kg.sparql.tokens import Kind, Token, significant, tokenize


class Form(StrEnum):
    """The query forms of SPARQL 1.1 Query §16."""

    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Describe:
    """A DESCRIBE query taken apart.

    ``prologue``, ``dataset`` and ``pattern`` are text of the query: its declarations, its FROM
    clauses, and the rest (WHERE and modifiers, empty where there is none). ``iris`` are the
    resources it names, as written; ``variables`` those it asks for, ``*`` for all.
    """

    prologue: str
    iris: tuple[str, ...]
    variables: tuple[str, ...]
    dataset: str
    pattern: str


_BLANK = r"(?:[ \t\r\n]++|\#[^\r\n]*+)*+"
_FORM = re.compile(
    rf"{_BLANK}(?:(?:BASE|PREFIX{_BLANK}[^\s<>:\"'#]*:){_BLANK}<[^<>\"{{}}|^`\\\s]*>{_BLANK})*"
    r"(SELECT|ASK|CONSTRUCT|DESCRIBE)",
    re.IGNORECASE,
)
_FORMS = {str(form): form for form in Form}


def query_form(text: str) -> Form | None:
    """The form of the query ``text``, or None where it is no query."""
    match = _FORM.match(text)
    if match:
        return _FORMS[match.group(1).upper()]
    start = _start(tokenize(text))
    return _FORMS.get(start.text.upper()) if start else None


def names_dataset(text: str) -> bool:
    """Whether the query says itself what it reads, by FROM or FROM NAMED."""
    if "from" not in text.lower():
        return False
    return any(token.is_word("FROM") for token in _head(significant(text)))


def describe_parts(text: str) -> Describe:
    """The parts of ``text``, a DESCRIBE query that the engine has found to be well-formed."""
    tokens = significant(text)
    at = tokens.index(_required(_start(tokens)))
    after = at + 1
    while after < len(tokens) and _is_resource(tokens[after]):
        after += 1
    resources = tokens[at + 1 : after]
    rest = after
    while rest < len(tokens) and tokens[rest].is_word("FROM"):
        rest += 3 if tokens[rest + 1].is_word("NAMED") else 2
    begin, pattern = (
        tokens[index].offset if index < len(tokens) else len(text) for index in (after, rest)
    )
    return Describe(
        prologue=text[: tokens[at].offset],
        iris=tuple(item.text for item in resources if item.kind in _IRIS),
        variables=tuple(item.text for item in resources if item.kind not in _IRIS),
        dataset=text[begin:pattern],
        pattern=text[pattern:],
    )


_IRIS = frozenset({Kind.IRI, Kind.PREFIXED_NAME})


def _start(tokens: Iterable[Token]) -> Token | None:
    """The first word after the prologue."""
    for token in tokens:
        if token.kind is Kind.WORD and not token.is_word("BASE", "PREFIX", "VERSION"):
            return token
    return None


def _head(tokens: Iterable[Token]) -> Iterable[Token]:
    """The tokens that stand in no group: where the dataset clauses are."""
    depth = 0
    for token in tokens:
        if token.kind is Kind.PUNCTUATION:
            depth += (token.text == "{") - (token.text == "}")
        elif depth == 0:
            yield token


def _is_resource(token: Token) -> bool:
    return token.kind in _IRIS or token.kind is Kind.VARIABLE or token.text == "*"


def _required(token: Token | None) -> Token:
    assert token is not None
    return token
