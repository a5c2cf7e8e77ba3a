"""SPARQL text is cut by the terminals of its grammar; nothing of it is lost but white space."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.sparql.tokens import Kind, Token, resolve_escapes, tokenize


def kinds(text: str) -> list[tuple[Kind, str]]:
    return [(token.kind, token.text) for token in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("# SELECT <a> 'b'", Kind.COMMENT),
        ("<http://example.org/a?b=c#d>", Kind.IRI),
        ("<>", Kind.IRI),
        (r"<http://example.org/\u00E9>", Kind.IRI),
        ("ex:a", Kind.PREFIXED_NAME),
        (":", Kind.PREFIXED_NAME),
        ("ex:", Kind.PREFIXED_NAME),
        ("ex.am-ple:a.b.c", Kind.PREFIXED_NAME),
        (r"ex:a\-b\#c%20", Kind.PREFIXED_NAME),
        ("ex:7", Kind.PREFIXED_NAME),
        ("人物:東京", Kind.PREFIXED_NAME),
        ("_:b.1", Kind.BLANK_NODE),
        ("?x", Kind.VARIABLE),
        ("$été", Kind.VARIABLE),
        ("''", Kind.STRING),
        (r"'it\'s'", Kind.STRING),
        ('"a\\"b"', Kind.STRING),
        ("'''a\n''b'c'''", Kind.STRING),
        ('"""a\n""b"c"""', Kind.STRING),
        ("@en", Kind.LANGUAGE_TAG),
        ("@zh-Hant-TW", Kind.LANGUAGE_TAG),
        ("1", Kind.NUMBER),
        ("1.5", Kind.NUMBER),
        (".5", Kind.NUMBER),
        ("1.e5", Kind.NUMBER),
        ("1.5E-5", Kind.NUMBER),
        ("select", Kind.WORD),
        ("a", Kind.WORD),
        ("^^", Kind.PUNCTUATION),
        ("<=", Kind.PUNCTUATION),
        ("\\", Kind.ERROR),
        ('"', Kind.ERROR),
    ],
)
def test_a_terminal_is_one_token(text: str, kind: Kind) -> None:
    assert kinds(text) == [(kind, text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("?a<?b", ["?a", "<", "?b"]),
        ("?a<?b>", ["?a", "<?b>"]),
        ("ex:a.", ["ex:a", "."]),
        ("ex:a.b.", ["ex:a.b", "."]),
        ("1.", ["1", "."]),
        ("'a''b'", ["'a'", "'b'"]),
        ('""""a"""', ['""""a"""']),
        ("'a\nb'", ["'", "a", "b", "'"]),
        ("<a b>", ["<", "a", "b", ">"]),
        ("SELECT*{?s a ex:B}", ["SELECT", "*", "{", "?s", "a", "ex:B", "}"]),
        ("'a'@en-GB", ["'a'", "@en-GB"]),
        ("'1'^^xsd:int", ["'1'", "^^", "xsd:int"]),
        ("?a||?b&&!?c", ["?a", "||", "?b", "&&", "!", "?c"]),
        ("#a\rb #c\nd", ["#a", "b", "#c", "d"]),
    ],
)
def test_a_text_is_cut_into_the_longest_tokens(text: str, parts: list[str]) -> None:
    assert [token.text for token in tokenize(text)] == parts


@given(st.text(alphabet="SELECT ex:a?<>'\"\\{}.#\n_@1é\u00b7\U00010000"))
def test_tokens_cover_a_text_but_its_white_space(text: str) -> None:
    rebuilt = 0
    for token in tokenize(text):
        assert text[rebuilt : token.offset].strip(" \t\r\n") == ""
        assert text[token.offset : token.end] == token.text
        rebuilt = token.end
    assert text[rebuilt:].strip(" \t\r\n") == ""


def test_keywords_have_no_letter_case() -> None:
    assert Token(Kind.WORD, "sErViCe", 0).is_word("SERVICE")
    assert not Token(Kind.VARIABLE, "?SERVICE", 0).is_word("SERVICE")


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        (r"\u0053ELECT * {}", "SELECT * {}"),
        (r"\U00000053ELECT", "SELECT"),
        (r"?caf\u00E9", "?café"),
        (r"'\u0027'", r"'\u0027'"),
        (r"<\u0041>", r"<\u0041>"),
        (r"# \u0041", r"# \u0041"),
        (r"\uD800 \U00110000", r"\uD800 \U00110000"),
        (r"\u005Cu0041", r"\u0041"),
    ],
)
def test_escapes_are_resolved_where_the_engine_does_not(text: str, resolved: str) -> None:
    assert resolve_escapes(text) == resolved


def test_escapes_can_be_resolved_everywhere() -> None:
    assert resolve_escapes(r"'\u0027' <\u0041> # \u0042", everywhere=True) == "''' <A> # B"
