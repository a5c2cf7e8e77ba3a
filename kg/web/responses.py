"""Negotiated, conditional responses: one way for every representation to leave the house."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from flask import Response, current_app, g, json, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestURITooLarge

from kg import __version__
from kg.cache import ByteCache
from kg.documents.description import Json
from kg.errors import ParameterError
from kg.rdf.formats import HTML, Format, by_name
from kg.web.negotiation import choose
from kg.web.pages.assets import fingerprint
from kg.web.services import reader_languages, services, snapshot

CONTEXT_REL = "http://www.w3.org/ns/json-ld#context"
QUERY_LIMIT = 8192  # bytes
_SAFE = frozenset({"GET", "HEAD", "QUERY"})
_SECOND = timedelta(seconds=1)
EXPOSED = (
    "Link, ETag, Content-Location, Location, Retry-After, Server-Timing, Last-Modified,"
    " Memento-Datetime, Preference-Applied, WWW-Authenticate"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes of a representation, and the links that its header names."""

    data: bytes
    links: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.data) + sum(map(len, self.links))


def negotiated(
    offered: Sequence[Format], write: Callable[[Format], bytes], *, suffix: str | None = None
) -> Response:
    """The representation that suffix, ``?format=`` or Accept ask for, or 304 where it is known.

    ``write`` is called only where a body is needed. Raises UnknownFormat and NotAcceptable.
    """
    chosen, response = _prepared(offered, suffix)
    if is_known(response):
        response.status_code = 304
        return response
    response.set_data(write(chosen))
    return unless_known(response)


def answered(
    offered: Sequence[Format],
    write: Callable[[Format], Answer],
    *,
    suffix: str | None = None,
    root: str = "",
) -> Response:
    """The same for what depends on version, URL and languages alone: written once, then kept.

    ``root`` is the URL of the service where answers name it: one has several hosts perhaps.
    """
    chosen, response = _prepared(offered, suffix)
    tag = response.get_etag()[0] or ""
    if is_known(response):
        response.status_code = 304
        return response
    key = (snapshot().info.number, tag, root)
    answer = _answers().get(key)
    if answer is None:
        answer = write(chosen)
        _answers().put(key, answer)
    response.set_data(answer.data)
    for link in answer.links:
        response.headers.add("Link", link)
    return unless_known(response)


def validate_by(response: Response, tag: str) -> None:
    """Give ``response`` the strong ``tag``, and a date by which its version can be told.

    The date is the end of the second in which the version was made, left out until a second later:
    of versions made in one second only the last is still there to be dated, so that no two share
    a date that anybody was told (RFC 9110 §8.8.2.2). The second more is for the disk.
    """
    response.set_etag(tag)
    dated = snapshot().info.time.replace(microsecond=0) + _SECOND
    if dated + _SECOND <= datetime.now(UTC):
        response.last_modified = dated


def is_known(response: Response) -> bool:
    """Whether the client names the tag of ``response``, which only who has got it can know."""
    known = request.if_none_match
    return (
        request.method in _SAFE
        and not known.star_tag
        and known.contains_weak(response.get_etag()[0] or "")
    )


def unless_known(response: Response) -> Response:
    """``response``, or 304 by what a client may ask without knowing that there is anything.

    That is ``If-None-Match: *``, and the date where there is no tag (RFC 9110 §13.1.3): so this is
    the last step, when nothing can be found missing or wrong any more.
    """
    since, dated = request.if_modified_since, response.last_modified
    tags = "If-None-Match" in request.headers
    is_old = not tags and since is not None and dated is not None and dated <= since
    if request.method in _SAFE and (request.if_none_match.star_tag or is_old):
        response.status_code = 304
    return response


def _prepared(offered: Sequence[Format], suffix: str | None) -> tuple[Format, Response]:
    """The format asked for, and a response with every header that needs no body."""
    chosen, content_type = asked_format(offered, suffix)
    g.offered = offered  # for the footer of a page
    response = Response(content_type=content_type)
    validate_by(response, etag(content_type, fingerprint() if chosen is HTML else ""))
    response.cache_control.public = True
    response.cache_control.no_cache = True  # kept, but asked about each time: 304 is cheap
    response.vary.update(("Accept", "Accept-Language"))
    response.headers.extend(_alternates(offered, chosen))
    return chosen, response


def _answers() -> ByteCache[Answer]:
    extensions = current_app.extensions
    if "kg.answers" not in extensions:
        extensions["kg.answers"] = ByteCache(services().settings.answer_cache * 1024 * 1024)
    return cast("ByteCache[Answer]", extensions["kg.answers"])


def asked_format(offered: Sequence[Format], suffix: str | None = None) -> tuple[Format, str]:
    """The format asked for and its content type: by suffix, else ``?format=``, else Accept."""
    name = suffix or request.args.get("format")
    if name:
        chosen = by_name(name, offered)
        return chosen, chosen.content_type
    return choose(request.headers.get("Accept"), offered)


def split_suffix(path: str, offered: Sequence[Format]) -> tuple[str, str | None]:
    """A path without the suffix of a format on offer, and the suffix: ``putin.ttl``."""
    stem, dot, suffix = path.rpartition(".")
    if dot and any(suffix == each.suffix for each in offered):
        return stem, suffix
    return path, None


def etag(*parts: str) -> str:
    """A strong tag: equal where version, program, URL, languages and ``parts`` are."""
    words = (
        snapshot().info.digest,
        services().schema.digest,
        __version__,
        request.full_path,
        request.script_root,
        ",".join(reader_languages()),
        *parts,
    )
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]


def arguments() -> dict[str, list[str]]:
    """The query parameters by name. Raises RequestURITooLarge where they are beyond all use."""
    if len(request.query_string) > QUERY_LIMIT:
        raise RequestURITooLarge(f"The query of a URL may have {QUERY_LIMIT} bytes.")
    return dict(request.args.lists())


def to_json(body: Json) -> bytes:
    """JSON in UTF-8, members in the order given."""
    return json.dumps(body, ensure_ascii=False, sort_keys=False).encode()


def url_root() -> str:
    """The path that the service is mounted under, "" at the top of a host."""
    return request.script_root


def known_parameters(*names: str) -> MultiDict[str, str]:
    """The query parameters. Raises ParameterError for one that is unknown or given twice."""
    known = (*names, "format")
    for name, values in request.args.lists():
        if name not in known:
            raise ParameterError(
                f"Unknown parameter {name[:100]!r}. Known here: {', '.join(sorted(known))}.",
                parameter=name[:100],
            )
        if len(values) > 1:
            raise ParameterError(
                f"Parameter {name!r} is given {len(values)} times.", parameter=name
            )
    return request.args


def _alternates(offered: Sequence[Format], chosen: Format) -> list[tuple[str, str]]:
    path = request.script_root + request.path
    version = f"&version={g.pinned}" if "pinned" in g else ""
    links = [
        f'<{path}?format={each.name}{version}>; rel="alternate"; type="{each.media_type}"'
        for each in offered
        if each is not chosen
    ]
    context = (
        f'<{request.script_root}/context.jsonld>; rel="{CONTEXT_REL}"; type="application/ld+json"'
    )
    return [("Link", ", ".join([*links, context] if chosen.name == "json" else links))]
