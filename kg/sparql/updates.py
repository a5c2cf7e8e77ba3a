"""What an update may write to, and the dataset that its request gives it.

Both are told from tokens. What is told of writing must hold however the engine reads a text, so
only plain texts are understood: those that the grammar and the engine cut into the same tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from kg.errors import ParameterError
from kg.sparql.tokens import Kind, Token, significant

# All words that a plain text may have. Any other may be two to the engine, such as ``trueGRAPH``.
_WORD = re.compile(
    "A|ADD|AS|ASK|BASE|CLEAR|COPY|CREATE|DATA|DEFAULT|DELETE|DISTINCT|DROP|EXISTS|FALSE|FILTER"
    "|GRAPH|INSERT|MINUS|MOVE|NOT|OPTIONAL|PREFIX|SELECT|SILENT|TO|TRUE|UNION|USING|WHERE|WITH",
    re.IGNORECASE,
)
_BEFORE_GRAPH = ("GRAPH", "WITH", "TO", "ADD", "COPY", "MOVE", "SILENT")
_IRIS = frozenset({Kind.IRI, Kind.PREFIXED_NAME})
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:(?!.*/\.)[^(]*>")
# What a name must not begin with: to the engine ``TOx:g`` is a keyword and a name.
_KEYWORD = re.compile("GRAPH|WITH|TO|ADD|COPY|MOVE|SILENT|PREFIX", re.IGNORECASE)
# A name in such a namespace may be no IRI; the engine then reads it as ending with its colon.
_BARE_HOST = re.compile(r"<[^<>/?#]*//[^<>/?#]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What an update can do: ``graphs`` are the IRIs of all named graphs that it can write to.

    ``quick`` tells that it has no pattern to match, so that its time is that of reading it.
    """

    graphs: frozenset[str]
    quick: bool


def reach(text: str) -> Reach | None:
    """What the update ``text`` can do at most; None where that is not plain to see."""
    tokens = significant(text)
    if not _is_plain(text, tokens):
        return None
    prefixes = _prefixes(tokens)
    if not _used_prefixes(tokens) <= {name for name, _ in prefixes}:
        return None
    graphs: set[str] = set()
    for before, token in pairwise(tokens):
        if before.is_word("GRAPH") and token.kind is Kind.VARIABLE:
            return None
        if before.is_word(*_BEFORE_GRAPH) and token.kind in _IRIS:
            graphs |= _meanings(token.text, prefixes)
    quick = not any(token.is_word("WHERE") for token in tokens)
    return Reach(graphs=frozenset(graphs), quick=quick)


def with_dataset(
    text: str, *, default_graphs: Iterable[str] = (), named_graphs: Iterable[str] = ()
) -> str:
    """``text`` with USING clauses for the graphs that its request names (Protocol §2.2.3).

    Raises ParameterError where the text names graphs itself, by USING or WITH.
    """
    clauses = "".join(
        [
            *(f"USING <{iri}>\n" for iri in default_graphs),
            *(f"USING NAMED <{iri}>\n" for iri in named_graphs),
        ]
    )
    if not clauses:
        return text
    tokens = significant(text)
    if any(token.is_word("USING", "WITH") for token in tokens):
        raise ParameterError(
            "The request names graphs, so the update cannot do so too by USING or WITH.",
            parameter="using-graph-uri",
        )
    return "".join(_spliced(text, tokens, clauses))


def with_lenient_clear(text: str) -> str:
    """``text`` with each CLEAR of a graph that is not there doing nothing.

    The graph is then as empty as it is asked to be. The recommendation would rather have a failure
    (SPARQL 1.1 Update §3.1.5), but the W3C's test of base IRIs clears a graph that was never made.
    """
    if "clear" not in text.lower():
        return text
    tokens = significant(text)
    ends = [
        token.end
        for token, after in pairwise(tokens)
        if token.is_word("CLEAR") and after.is_word("GRAPH")
    ]
    bounds = [0, *ends, len(text)]
    return " SILENT".join(text[start:end] for start, end in pairwise(bounds))


def _spliced(text: str, tokens: list[Token], clauses: str) -> Iterator[str]:
    """The parts of ``text``, with ``clauses`` before every WHERE that begins a pattern."""
    done = 0
    for at, token in _outermost(tokens):
        if token.is_word("WHERE"):
            yield text[done : token.offset]
            if at and tokens[at - 1].is_word("DELETE"):  # DELETE WHERE takes no clause
                yield f" {_group(text, tokens, at + 1)} "
            yield f"\n{clauses}"
            done = token.offset
    yield text[done:]


def _outermost(tokens: list[Token]) -> Iterator[tuple[int, Token]]:
    """The tokens that stand in no group, with their numbers."""
    depth = 0
    for at, token in enumerate(tokens):
        if token.kind is Kind.PUNCTUATION:
            depth += (token.text == "{") - (token.text == "}")
        if depth == 0:
            yield at, token


def _group(text: str, tokens: list[Token], at: int) -> str:
    """The text of the group that begins with the token number ``at``."""
    outside = (token for number, token in _outermost(tokens) if number > at)
    end = next((token.end for token in outside if token.text == "}"), len(text))
    return text[tokens[at].offset : end] if at < len(tokens) else ""


def _is_plain(text: str, tokens: list[Token]) -> bool:
    return "\\" not in text and "(" not in text and all(_is_plain_token(each) for each in tokens)


def _is_plain_token(token: Token) -> bool:
    match token.kind:
        case Kind.WORD:
            return bool(_WORD.fullmatch(token.text))
        case Kind.IRI:
            return bool(_ABSOLUTE.fullmatch(token.text) and not _BARE_HOST.fullmatch(token.text))
        case Kind.PREFIXED_NAME:
            return token.text.count(".") <= 1 and not _KEYWORD.match(token.text)
        case Kind.LANGUAGE_TAG:
            return "--" not in token.text
        case kind:
            return kind is not Kind.ERROR


def _prefixes(tokens: list[Token]) -> list[tuple[str, str]]:
    """Each prefix that is declared, with its colon, and the namespace; some may come twice."""
    return [
        (name.text, iri.text[1:-1])
        for word, name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if word.is_word("PREFIX") and iri.kind is Kind.IRI
    ]


def _used_prefixes(tokens: list[Token]) -> set[str]:
    """The prefixes, with their colons, that must have been declared for the tokens to be valid."""
    names = (token.text for token in tokens if token.kind is Kind.PREFIXED_NAME)
    return {f"{name.partition(':')[0]}:" for name in names}


def _meanings(name: str, prefixes: list[tuple[str, str]]) -> set[str]:
    """The IRIs that an IRI or prefixed name may stand for."""
    if name.startswith("<"):
        return {name[1:-1]}
    prefix, _, local = name.partition(":")
    return {namespace + local for known, namespace in prefixes if known == f"{prefix}:"}
