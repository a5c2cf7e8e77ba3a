"""Dates in words: what a date of EDTF says of when, in the language of a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from kg.pictures.edtf import Form, Span, When, parse_edtf
from kg.web.pages.messages import Messages

_TIME = Markup('<time datetime="%s" title="%s">%s</time>')
_WHEN = Markup('<span title="%s">%s</span>')
_APART = Markup("<bdi>%s</bdi>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """Says dates in the words of one language."""

    texts: Messages

    def shown(self, text: str) -> Markup:
        """A date of EDTF in words, with itself as its title; as it stands where it is none."""
        try:
            when = parse_edtf(text)
        except ValueError:
            return _APART % (text,)
        if when.form is Form.DATE and when.begin.text == text:
            return _TIME % (text, text, self.when(when))
        return _WHEN % (text, self.when(when))

    def when(self, when: When) -> str:
        """When something was, as far as the date says."""
        begin, end = (self._end(each) for each in (when.begin, when.end))
        if when.form is Form.DATE:
            return begin
        return self.texts(
            f"date.{when.form.name.lower()}{bounds(begin, end)}", begin=begin, end=end
        )

    def day(self, day: date) -> str:
        """A day."""
        return self._calendar(day.isoformat())

    def _end(self, span: Span) -> str:
        """The date that an end is, with how sure it is; nothing where nobody says."""
        words = self._calendar(span.text) if span.text else ""
        if span.approximate:
            words = self.texts("date.approximate", date=words)
        return self.texts("date.uncertain", date=words) if span.uncertain else words

    def _calendar(self, text: str) -> str:
        """A year, month or day."""
        year, month, day = (*(int(part) for part in text.split("-")), 0, 0)[:3]
        name = self.texts(f"date.months.{month}") if month else ""
        form = "day" if day else "month" if month else "year"
        return self.texts(f"date.{form}", year=year, month=name, day=day)


def bounds(begin: object, end: object) -> str:
    """Which ends are known, as keys of texts have it."""
    return ("_from" if begin else "") + ("_to" if end else "")
