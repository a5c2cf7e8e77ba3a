"""Operations: what a route's method takes and answers, as OpenAPI says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.description import Json
from kg.formats import JSON, JSON_LD, PROBLEM_JSON, RESULTS_JSON, Format
from kg.openapi.parameters import Parameter

# What any request may be told, by status.
PROBLEMS = {
    400: "A parameter or the body is not of its form.",
    404: "There is no such thing, graph or version.",
    406: "None of the formats on offer is acceptable.",
    414: "The URL is too long.",
    503: "Too much is asked at once, or it took too long.",
}
WRITING = {
    401: "A token is needed.",
    403: "A policy forbids it, or the token's scope does not cover it.",
    409: "Another write came first.",
    412: "The store has changed since the version that the write is based on.",
    413: "The body is too large.",
    415: "The body's media type is none that is read here.",
    422: "The result would break the shapes; the report says where.",
    507: "The disk is full.",
}
_HEADERS: dict[str, Json] = {
    name: {"$ref": f"#/components/headers/{name}"}
    for name in ("ETag", "Last-Modified", "Vary", "Link")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one route. ``body`` is the media types that it takes, with their schemas."""

    summary: str
    tag: str
    id: str = ""
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    answers: dict[str, Json] = field(default_factory=dict)
    statuses: tuple[int, ...] = (400, 404, 406, 414, 503)
    body: dict[str, Json] = field(default_factory=dict)
    success: int = 200
    conditional: bool = True
    redirects: tuple[int, ...] = ()
    writes: bool = False

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
                "content": {name: {"schema": schema} for name, schema in self.body.items()},
            }
        if self.writes:
            found["security"] = [{"token": []}]
        return found

    def _responses(self) -> dict[str, Json]:
        content: Json = {name: {"schema": schema} for name, schema in self.answers.items()}
        answer: dict[str, Json] = {"description": self.summary, "headers": _HEADERS}
        if self.answers:
            answer["content"] = content
        found: dict[str, Json] = {str(self.success): answer}
        if self.conditional:
            found["304"] = {"description": "The client has this very answer already."}
        for status in self.redirects:
            found[str(status)] = {"$ref": f"#/components/responses/{status}"}
        statuses = {*self.statuses, *(WRITING if self.writes else ())}
        found |= {
            str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)
        }
        return dict(sorted(found.items()))


def contents(offered: Sequence[Format], schema: Json) -> dict[str, Json]:
    """The media types on offer: JSON with its schema, JSON-LD in any form, the others as text."""
    known: dict[str, Json] = {
        JSON.media_type: schema,
        JSON_LD.media_type: {"type": ["array", "object"]},
        RESULTS_JSON.media_type: {"type": "object"},
    }
    return {each.media_type: known.get(each.media_type, {"type": "string"}) for each in offered}


def responses() -> dict[str, Json]:
    """The shared responses by status."""
    problem: Json = {PROBLEM_JSON.media_type: {"schema": {"$ref": "#/components/schemas/Problem"}}}
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
        "Last-Modified": "When the version was published.",
        "Vary": "The request headers that the answer depends on.",
        "Link": "Other formats, the JSON-LD context, and a list's next, prev and first page.",
    }
    return {
        name: {"description": text, "schema": {"type": "string"}} for name, text in texts.items()
    }
