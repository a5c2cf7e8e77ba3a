"""Which members an answer shows, and which linked things it describes whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.errors import ParameterError
from kg.schema.schema import Member

# What tells one thing from another: shown whatever the fields asked for.
HEAD = ("id", "iri", "type", "label", "url")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The names of the members wanted (None: all) and of those whose values to describe whole."""

    fields: frozenset[str] | None = None
    include: frozenset[str] = frozenset()

    @classmethod
    def read(
        cls, members: Iterable[Member], parameters: Mapping[str, str], *, views: bool = False
    ) -> Selection:
        """What ``fields`` and ``include``, names separated by commas, say.

        View members can be included only where the answer has them (``views``). Raises
        ParameterError for a name that is no member.
        """
        known = tuple(members)
        names = {each.name for each in known}
        linking = {each.name for each in known if not each.datatype and (views or not each.view)}
        fields = _names("fields", parameters, names | {*HEAD, "types"})
        return cls(
            fields=None if "fields" not in parameters else fields,
            include=_names("include", parameters, linking),
        )

    def shows(self, member: Member) -> bool:
        """Whether the member is part of the answer."""
        return self.fields is None or member.name in self.fields or member.name in self.include

    def nests(self, member: Member) -> bool:
        """Whether the member's values are described whole."""
        return self.shows(member) and (member.nested or member.name in self.include)


ALL = Selection()


def _names(parameter: str, parameters: Mapping[str, str], known: set[str]) -> frozenset[str]:
    text = parameters.get(parameter)
    names = [name.strip() for name in text.split(",")] if text is not None else []
    for name in names:
        if name not in known:
            raise ParameterError(
                f"{parameter}={name[:100]!r}: no such member here."
                f" Known: {', '.join(sorted(known))}.",
                parameter=parameter,
            )
    return frozenset(names)
