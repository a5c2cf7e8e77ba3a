"""Content negotiation (RFC 9110 §12.5.1): which of the formats on offer a request gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_accept_header

from kg.rdf.formats import Format


@dataclass(frozen=True, slots=True)
class _Range:
    media_type: str
    quality: float

    def specificity(self, offered: str) -> int:
        """How exactly the range names ``offered``: 2, 1 or 0; -1 where it does not match."""
        if self.media_type == offered:
            return 2
        if self.media_type == f"{offered.partition('/')[0]}/*":
            return 1
        return 0 if self.media_type == "*/*" else -1


def choose(accept: str | None, offered: Sequence[Format]) -> tuple[Format, str]:
    """The best format for an Accept header, and the media type to call it by.

    No header, or nothing readable in it, means the first one offered. Parameters other than q are
    ignored. Among equals the one that is named exactly wins, then the order of the offer. Raises
    NotAcceptable, listing what is on offer.
    """
    ranges = _ranges(accept)
    if not ranges:
        return offered[0], offered[0].content_type
    scored = [
        (*score, -order, candidate, name)
        for order, candidate in enumerate(offered)
        for name in _names(candidate)
        if (score := _score(name, ranges))[0] > 0
    ]
    if not scored:
        raise NotAcceptable(
            f"None of the media types in Accept is on offer. On offer: {media_types(offered)}."
        )
    *_, candidate, name = max(scored, key=lambda entry: entry[:3])
    exact = name == candidate.media_type
    return candidate, candidate.content_type if exact else name


def media_types(offered: Sequence[Format]) -> str:
    """The media types on offer, for an error message."""
    return ", ".join(each.media_type for each in offered)


def _ranges(accept: str | None) -> list[_Range]:
    parsed = parse_accept_header(accept or "")
    return [_Range(value.partition(";")[0].strip().lower(), q) for value, q in parsed]


def _names(candidate: Format) -> list[str]:
    return [candidate.media_type, *(alias for alias in candidate.aliases if "/" in alias)]


def _score(name: str, ranges: Sequence[_Range]) -> tuple[float, int]:
    """The quality that the most specific matching range gives, and how specific it is."""
    matches = [(each.specificity(name), each.quality) for each in ranges]
    specificity, quality = max(matches, default=(-1, 0.0))
    return (quality, specificity) if specificity >= 0 else (0.0, -1)
