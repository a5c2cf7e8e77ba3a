"""Operations: what a route's method takes and answers, as OpenAPI says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from kg.documents.description import Json
from kg.openapi.parameters import Parameter
from kg.rdf.formats import HTML, JSON, JSON_LD, PROBLEM_JSON, RESULTS_JSON, Format

# What any request may be told, by status.
PROBLEMS = {
    400: "A parameter or the body is not of its form.",
    404: "There is no such thing, graph or version.",
    406: "None of the formats on offer is acceptable.",
    411: "Send Content-Length, or the body in chunks.",
    414: "The URL is too long.",
    416: "The file has no such part.",
    502: "The engine behind gave no answer, or none that can be read.",
    503: "Too much is asked at once, or it took too long.",
    504: "The engine behind took too long.",
    507: "The disk is full.",
}
WRITING = {
    401: "A token is needed.",
    403: "A policy forbids it, or the token's scope does not cover it.",
    409: "Another write came first.",
    412: "The store has changed since the version that the write is based on.",
    413: "The body is too large.",
    415: "The body's media type is none that is read here.",
    422: "The result would break the shapes; the report says where.",
}
_NO_CONTENT = 204
_ALWAYS_WRITING = (*WRITING, 411, 507)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one route.

    ``answers`` and ``body`` are media types with their schemas; ``success`` is None where an
    operation only leads elsewhere. ``conditional`` operations have a tag and answer 304, those that
    are ``is_dated`` have a date as well. What reads, if only when no token is needed, can be asked
    as of a version, but for what is ``timeless``.
    """

    summary: str
    tag: str
    id: str = ""
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    answers: dict[str, Json] = field(default_factory=dict)
    answer_examples: dict[str, Json] = field(default_factory=dict)
    statuses: tuple[int, ...] = (400, 404, 406, 414, 503)
    body: dict[str, Json] = field(default_factory=dict)
    body_examples: dict[str, Json] = field(default_factory=dict)
    success: int | None = 200
    more: dict[int, str] = field(default_factory=dict)
    conditional: bool = True
    is_dated: bool = True
    timeless: bool = False
    redirects: tuple[int, ...] = ()
    writes: bool = False
    needs_token: bool = True

    @property
    def versioned(self) -> bool:
        """Whether it can be asked as of a version."""
        return not self.timeless and not (self.writes and self.needs_token)

    def written(self) -> dict[str, Json]:
        """The operation object."""
        found: dict[str, Json] = {
            "operationId": self.id,
            "summary": self.summary,
            "tags": [self.tag],
            "parameters": list(self.parameters),
            "responses": self._responses(),
        }
        if self.description:
            found["description"] = self.description
        if self.body:
            found["requestBody"] = {
                "required": True,
                "content": _content(self.body, self.body_examples),
            }
        if self.writes:
            found["security"] = [{"token": []}, *([] if self.needs_token else [{}])]
        return found

    def _responses(self) -> dict[str, Json]:
        found: dict[str, Json] = {}
        if self.success is not None:
            found[str(self.success)] = self._answer(self.summary, self.answers)
        for status, text in self.more.items():
            found[str(status)] = self._answer(text, {} if status == _NO_CONTENT else self.answers)
        if self.conditional:
            found["304"] = {"description": "The client has this very answer already."}
        statuses = {*self.statuses, *self.redirects, *(_ALWAYS_WRITING if self.writes else ())}
        if self.versioned:
            statuses |= {400, 404}
        found |= {
            str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)
        }
        return dict(sorted(found.items()))

    def _answer(self, description: str, answers: Mapping[str, Json]) -> dict[str, Json]:
        names = ["Vary", "Link"]
        if self.conditional:
            names += ["ETag", "Last-Modified"] if self.is_dated else ["ETag"]
        headers: Json = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
        found: dict[str, Json] = {"description": description, "headers": headers}
        if answers:
            found["content"] = _content(answers, self.answer_examples)
        return found


Known: TypeAlias = tuple[str, str, Operation]  # path, method, operation


def _content(schemas: Mapping[str, Json], examples: Mapping[str, Json]) -> dict[str, Json]:
    return {
        name: {"schema": schema} | ({"example": examples[name]} if name in examples else {})
        for name, schema in schemas.items()
    }


def contents(offered: Sequence[Format], schema: Json) -> dict[str, Json]:
    """The media types on offer: JSON with its schema, JSON-LD in any form, the others as text."""
    known: dict[str, Json] = {
        JSON.media_type: schema,
        JSON_LD.media_type: {"type": ["array", "object"]},
        RESULTS_JSON.media_type: {"type": "object"},
    }
    return {each.media_type: known.get(each.media_type, {"type": "string"}) for each in offered}


def leading(
    summary: str, tag: str, parameters: tuple[dict[str, Json], ...], status: int
) -> Operation:
    """An operation that never answers itself: what it leads to does."""
    return Operation(
        summary=summary,
        tag=tag,
        parameters=parameters,
        statuses=(400, 404, 503),
        success=None,
        redirects=(status,),
        conditional=False,
    )


def responses() -> dict[str, Json]:
    """The shared responses by status."""
    problem: Json = {
        PROBLEM_JSON.media_type: {"schema": {"$ref": "#/components/schemas/Problem"}},
        HTML.media_type: {"schema": {"type": "string"}},  # for browsers; and of a proxy in front
    }
    found: dict[str, Json] = {
        str(status): {"description": text, "content": problem}
        for status, text in {**PROBLEMS, **WRITING}.items()
    }
    location: Json = {"Location": {"description": "Where.", "schema": {"type": "string"}}}
    for status in ("302", "307"):
        found[status] = {"description": "For now it is elsewhere.", "headers": location}
    found["303"] = {"description": "The document about the thing.", "headers": location}
    found["308"] = {"description": "The thing's own collection is another.", "headers": location}
    return found


def headers() -> dict[str, Json]:
    """The shared headers by name."""
    texts = {
        "ETag": "A strong tag of this representation; send it in If-None-Match.",
        "Last-Modified": "When the version came to be; left out for a second or two after that.",
        "Vary": "The request headers that the answer depends on.",
        "Link": "Other formats, the JSON-LD context, and a list's next, prev and first page.",
    }
    return {
        name: {"description": text, "schema": {"type": "string"}} for name, text in texts.items()
    }
