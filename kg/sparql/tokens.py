"""SPARQL 1.1 text as tokens, by the terminals of its grammar (SPARQL 1.1 Query §19.8).

Tokens cover the whole text but white space; what fits no terminal becomes an ERROR token, because
it is for the engine to say what is wrong with a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from typing import NamedTuple


class Kind(StrEnum):
    """The kinds of tokens; the grammar's terminals, with keywords and punctuation one kind each."""

    COMMENT = "comment"
    IRI = "iri"
    PREFIXED_NAME = "prefixed_name"
    BLANK_NODE = "blank_node"
    VARIABLE = "variable"
    STRING = "string"
    LANGUAGE_TAG = "language_tag"
    NUMBER = "number"
    WORD = "word"
    PUNCTUATION = "punctuation"
    ERROR = "error"


class Token(NamedTuple):
    """One token: its kind, its text as written, and where it starts (in characters, from 0)."""

    kind: Kind
    text: str
    offset: int

    @property
    def end(self) -> int:
        """The offset of the first character after the token."""
        return self.offset + len(self.text)

    def is_word(self, *words: str) -> bool:
        """Whether this is one of the keywords ``words`` (in capitals), in any letter case."""
        return self.kind is Kind.WORD and self.text.upper() in words


_NAME_START = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME_START_U = _NAME_START + "_"
_VARIABLE_REST = _NAME_START_U + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_NAME = _VARIABLE_REST + "-"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"
NAMESPACE = rf"(?:[{_NAME_START}](?:[{_NAME}]|\.+(?=[{_NAME}]))*)?:"
LOCAL_START = rf"(?:[{_NAME_START_U}:0-9]|{_PLX})"
LOCAL = rf"{LOCAL_START}(?:(?:[{_NAME}:]|{_PLX})|\.+(?=[{_NAME}:%\\]))*"
_UCHAR = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ECHAR = rf"\\[tbnrf\\\"']|{_UCHAR}"

# The four kinds of strings, the long ones first, since each begins like a short one.
STRINGS = (
    rf"'''(?:[^'\\]++|'(?!'')|{_ECHAR})*+'''",
    rf'"""(?:[^"\\]++|"(?!"")|{_ECHAR})*+"""',
    rf"'(?:[^'\\\r\n]++|{_ECHAR})*+'",
    rf'"(?:[^"\\\r\n]++|{_ECHAR})*+"',
)
TERMINALS = {
    Kind.COMMENT: r"\#[^\r\n]*",
    Kind.IRI: rf"<(?:[^<>\"{{}}|^`\\\x00-\x20]++|{_UCHAR})*+>",
    Kind.STRING: "|".join(STRINGS),
    Kind.VARIABLE: rf"[?$][{_NAME_START_U}0-9][{_VARIABLE_REST}]*",
    Kind.BLANK_NODE: rf"_:[{_NAME_START_U}0-9](?:[{_NAME}]|\.+(?=[{_NAME}]))*",
    Kind.PREFIXED_NAME: rf"{NAMESPACE}(?:{LOCAL})?",
    Kind.LANGUAGE_TAG: r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?",
    Kind.NUMBER: r"(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+\-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+",
    Kind.WORD: r"[A-Za-z][A-Za-z0-9_]*",
    Kind.PUNCTUATION: r"\^\^|&&|\|\||!=|<=|>=|[{}()\[\];,.=<>!+\-*/^|?~&]",
    Kind.ERROR: r"[^ \t\r\n]",
}
_KINDS = {str(kind): kind for kind in Kind}

_VERBATIM = "|".join(TERMINALS[kind] for kind in (Kind.COMMENT, Kind.IRI, Kind.STRING))


def tokenize(text: str) -> Iterator[Token]:
    """The tokens of ``text``, comments included, in order."""
    for match in _token().finditer(text):
        assert match.lastgroup is not None
        yield Token(_KINDS[match.lastgroup], match.group(), match.start())


def resolve_escapes(text: str, *, everywhere: bool = False) -> str:
    r"""``text`` with its codepoint escapes (``\uXXXX``, ``\UXXXXXXXX``) resolved (§19.2).

    Unless ``everywhere`` is asked for, those in strings, IRIs and comments stay: the engine
    resolves them there without mistaking an escaped quotation mark for the end of the string.
    Those that name no character always stay.
    """
    if "\\u" not in text and "\\U" not in text:
        return text
    return _escape(everywhere=everywhere).sub(_resolved, text)


# Compiled when first used, as that takes longer than a query process takes to start.
@cache
def _token() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in TERMINALS.items()))


@cache
def _escape(*, everywhere: bool) -> re.Pattern[str]:
    verbatim = "" if everywhere else f"(?:{_VERBATIM})|"
    return re.compile(rf"{verbatim}(?P<escape>{_UCHAR})")


def _resolved(match: re.Match[str]) -> str:
    escape = match.group("escape")
    if escape is None:
        return match.group()
    codepoint = int(f"0x{escape[2:]}", base=0)
    is_character = codepoint < 0xD800 or 0xDFFF < codepoint <= 0x10FFFF
    return chr(codepoint) if is_character else match.group()


def significant(text: str) -> list[Token]:
    """The tokens of a query or update without its comments."""
    return [token for token in tokenize(text) if token.kind is not Kind.COMMENT]
