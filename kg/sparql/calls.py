"""The places in a query or update where it may call another endpoint: SERVICE and LOAD.

The grammar cuts a text into the longest tokens, while the engine's parser knows no tokens: to it
``trueSERVICE<…>{}`` is a call, and what is an IRI to one may be a comparison and a comment to the
other (``?a<?b)SERVICE#>``). So all readings that either could take are followed at once. A call may
thus be found that neither would make, in texts that only somebody who tries the fence would write;
no call that either would make is missed.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from kg.errors import Refused
from kg.sparql.tokens import (
    LOCAL,
    LOCAL_START,
    NAMESPACE,
    STRINGS,
    TERMINALS,
    Kind,
    resolve_escapes,
)

SERVICE = "SERVICE"
LOAD = "LOAD"


class Call(NamedTuple):
    """A call that a text may make: by which keyword, and to what, as written."""

    keyword: str
    kind: Kind
    target: str


class _After(Enum):
    """What stands before a place, as far as it matters."""

    START = auto()  # nothing, a declaration of the prologue, or the end of an operation
    GRAPH = auto()  # the keyword GRAPH, which only the name of a graph can follow
    OTHER = auto()


class _State(NamedTuple):
    after: _After
    depth: int  # how many braces are open; _DEEP stands for that many and more


_DEEP = 3

_COMMENT = TERMINALS[Kind.COMMENT]
_SPACE = re.compile(rf"(?:[ \t\r\n]++|{_COMMENT})*+")
_WORD = re.compile(TERMINALS[Kind.WORD])
_IRI = re.compile(TERMINALS[Kind.IRI])
_NAMESPACE = re.compile(NAMESPACE)
_LOCAL = re.compile(LOCAL)
_LOCAL_START = re.compile(LOCAL_START)
_VARIABLE = re.compile(TERMINALS[Kind.VARIABLE])
_OPAQUE = (
    _VARIABLE,
    *(re.compile(TERMINALS[kind]) for kind in (Kind.BLANK_NODE, Kind.LANGUAGE_TAG, Kind.NUMBER)),
)
_STRINGS = tuple(re.compile(string) for string in STRINGS)
_SILENT = re.compile("SILENT", re.IGNORECASE)
_SERVICE = re.compile(SERVICE, re.IGNORECASE)
_LOAD = re.compile(LOAD, re.IGNORECASE)

_KEYWORD = re.compile(f"{SERVICE}|{LOAD}", re.IGNORECASE)
# What a call looks like, in so many characters from its keyword; \Z is where these end.
_WINDOW = 1000
_LIKE_A_CALL = re.compile(
    rf"""(?:SERVICE | (?P<load>LOAD))
    (?:[ \t\r\n]++|{_COMMENT})*+ (?:SILENT (?:[ \t\r\n]++|{_COMMENT})*+ )?
    (?: <[^<>]*+(?:>|\Z) | [?$][^ \t\r\n<>"'{{}}\#]*+ | [^ \t\r\n<>"'{{}}\#:]*+
        (?: : (?:[^ \t\r\n<>"'{{}}\#\\]|\\.)*+ | \Z ) )
    (?:[ \t\r\n]++|{_COMMENT})*+ (?: \Z | (?(load) [;I] | \{{ ) )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST = 32 * 1024

# Where a namespace is a host without a path, a local part may make it no IRI; the engine then reads
# the name as ending with its colon.
_BARE_HOST = re.compile(r"<[^<>/?#]*//[^<>/?#]*>")
# An escape that names no character. The engine then takes back that it saw a long string.
_NO_CHARACTER = re.compile(r"\\u[Dd][89A-Fa-f]|\\U(?!000[0-9A-Fa-f]|0010)|\\U0000[Dd][89A-Fa-f]")
_PREFIX = re.compile(r"[^ \t\r\n<>\"'{}\#:()\[\],;?$@/|^*+=!&\\]*")
# The engine ends a name at its second group of dots, which matters if a keyword follows there.
_SECOND_DOTS = re.compile(r"(?:[^.\\]|\\.)++\.+(?:[^.\\]|\\.)++(?=\.+SERVICE)", re.IGNORECASE)


def calls(text: str) -> Iterator[Call]:
    """All calls of ``text`` in any reading of it; a call may come more than once.

    Raises Refused for a text too long to be read in all ways.
    """
    if not _may_call(text):
        return
    if len(text) > _LONGEST:
        raise Refused(f"What may call another endpoint may have {_LONGEST} characters at most.")
    reader = _Reader(text)
    while reader.has_more():
        yield from reader.step()


def _may_call(text: str) -> bool:
    """Whether anything in ``text``, strings and comments included, looks like a call."""
    windows = (text[match.start() : match.start() + _WINDOW] for match in _KEYWORD.finditer(text))
    return any(_LIKE_A_CALL.match(window) for window in windows)


class _Reader:
    """All readings of a text at once: for each place that one reaches, the states it may be in."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places = [0]
        self._states: dict[int, set[_State]] = {0: {_State(_After.START, 0)}}
        self._bare_host = _BARE_HOST.search(resolve_escapes(text, everywhere=True)) is not None
        self._doubtful_strings = _NO_CHARACTER.search(text) is not None
        self._nameless = range(0)  # places where the last look found that no name begins
        self._local = range(0)  # places of the last local part that was looked at

    def has_more(self) -> bool:
        """Whether any reading has not come to its end."""
        return bool(self._places)

    def step(self) -> Iterator[Call]:
        """Follow all readings on from the first place, and give the calls that begin there."""
        place = heapq.heappop(self._places)
        states = self._states.pop(place)
        after_space = self._space(place)
        if after_space > place:
            self._reach(after_space, states)
        elif place < len(self._text):
            yield from self._calls(place, states)
            self._read(place, states)

    def _reach(self, place: int, states: set[_State]) -> None:
        if place not in self._states:
            self._states[place] = set()
            heapq.heappush(self._places, place)
        self._states[place] |= states

    def _read(self, place: int, states: set[_State]) -> None:
        """Reach the end of every token that may begin at ``place``."""
        for end in (*_ends((_IRI,), self._text, place), *self._string_ends(place)):
            self._reach(end, _declared(states))
        opaque = _ends(_OPAQUE, self._text, place)
        for end in (*opaque, *self._name_ends(place)):
            self._reach(end, _following(_After.OTHER, states))
        if word := _WORD.match(self._text, place):
            after = _After.GRAPH if word.group().upper() == "GRAPH" else _After.OTHER
            self._reach(word.end(), _following(after, states))
        elif not opaque and self._text[place] not in "'\":":
            self._reach(place + 1, _punctuated(self._text[place], states))

    def _calls(self, place: int, states: set[_State]) -> Iterator[Call]:
        """The calls whose keyword stands at ``place``, or in the word that begins there."""
        word = _WORD.match(self._text, place)
        if word is None:
            return
        if _State(_After.START, 0) in states and _LOAD.match(self._text, place):
            for kind, target, _ in self._targets(place + len(LOAD)):
                if kind is not Kind.VARIABLE:
                    yield Call(LOAD, kind, target)
        inside = {after for after, depth in states if depth > 0}
        for match in _SERVICE.finditer(self._text, place, word.end()):
            if inside - ({_After.GRAPH} if match.start() == place else set()):
                yield from self._services(match.end())

    def _services(self, place: int) -> Iterator[Call]:
        """What the keyword SERVICE that ends at ``place`` may call."""
        for kind, target, end in self._targets(place):
            if self._text.startswith("{", self._space(end)):
                yield Call(SERVICE, kind, target)

    def _targets(self, place: int) -> Iterator[tuple[Kind, str, int]]:
        """What may be called after a keyword that ends at ``place``, and where it ends."""
        place = self._space(place)
        starts = [place]
        if silent := _SILENT.match(self._text, place):
            starts.append(self._space(silent.end()))
        for start in starts:
            for kind, token in ((Kind.IRI, _IRI), (Kind.VARIABLE, _VARIABLE)):
                if match := token.match(self._text, start):
                    yield kind, match.group(), match.end()
            for end in self._name_ends(start):
                yield Kind.PREFIXED_NAME, self._text[start:end], end

    def _name_ends(self, place: int) -> list[int]:
        """Where a prefixed name that begins at ``place`` may end."""
        if place in self._nameless:
            return []
        namespace = _NAMESPACE.match(self._text, place)
        if namespace is None:
            # Without a colon after it, no name begins inside a prefix: long texts are read once.
            prefix = _PREFIX.match(self._text, place)
            assert prefix is not None
            if not self._text.startswith(":", prefix.end()):
                self._nameless = range(place, prefix.end())
            return []
        local = namespace.end()
        end = self._local_end(local)
        early = _SECOND_DOTS.match(self._text, local, end)
        return [
            end,
            *([early.end()] if early else []),
            *([local] if self._bare_host else []),
        ]

    def _local_end(self, place: int) -> int:
        """Where the local part that begins at ``place`` ends; one inside another ends with it."""
        if place not in self._local:
            match = _LOCAL.match(self._text, place)
            self._local = range(place, place if match is None else match.end())
        return self._local.stop if _LOCAL_START.match(self._text, place) else place

    def _string_ends(self, place: int) -> list[int]:
        """Where a string that begins at ``place`` may end: a long one, else a short one."""
        ends = _ends(_STRINGS, self._text, place)
        return ends if self._doubtful_strings else ends[:1]

    def _space(self, place: int) -> int:
        """The first place from ``place`` that is neither white space nor in a comment."""
        match = _SPACE.match(self._text, place)
        return place if match is None else match.end()


def _ends(tokens: tuple[re.Pattern[str], ...], text: str, place: int) -> list[int]:
    return [match.end() for token in tokens if (match := token.match(text, place))]


def _following(after: _After, states: set[_State]) -> set[_State]:
    return {_State(after, depth) for _, depth in states}


def _declared(states: set[_State]) -> set[_State]:
    """The states after an IRI or a string: outside of braces it may end a declaration."""
    return {_State(_After.OTHER if depth else _After.START, depth) for _, depth in states}


def _punctuated(mark: str, states: set[_State]) -> set[_State]:
    """The states after the punctuation ``mark``."""
    depths = {depth for _, depth in states}
    if mark == ";":
        return _declared(states)
    if mark == "{":
        depths = {min(depth + 1, _DEEP) for depth in depths}
    if mark == "}":
        still_deep = {_DEEP} & depths
        depths = {max(depth - 1, 0) for depth in depths} | still_deep
    return {_State(_After.OTHER, depth) for depth in depths}
