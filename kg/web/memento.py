"""Memento (RFC 7089): every resource as it was at a time.

Each URL is its own TimeGate and answers ``Accept-Datetime`` by 302 to ``?version=`` (pattern 1.1):
so a past state has one URL, which caches may keep, and the present one costs no redirect.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from flask import Blueprint, Flask, Response, current_app, g, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date, parse_date
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as Redirect

from kg.errors import NotFound, ParameterError
from kg.rdf.formats import LINK_FORMAT
from kg.store.base import VersionInfo, Versions
from kg.web.services import services, snapshot
from kg.web.versions import LIMIT, NO_PAST, of_all_versions, version_number
from kg.writing.history import version_at

bp = Blueprint("memento", __name__)

_READS = {"GET", "HEAD"}
# What is not of a version.
_TIMELESS = {"versions", "memento", "metrics", "validate", None}
_OLDER = "before"  # the parameter of a TimeMap of versions older than one
_SECOND = timedelta(seconds=1)  # HTTP dates have no fractions: a second counts to its end


def init_app(app: Flask) -> None:
    """Let every resource be asked for as of a time."""
    app.before_request(_negotiate)
    app.after_request(_annotate)


@bp.get("/timemap/<path:path>")
def timemap(path: str) -> Response:
    """The TimeMap of the resource at ``path``: the newest versions, oldest of them first.

    It leads to a TimeMap of older ones where there are any (RFC 7089, section 5.1.1).
    """
    if not services().querying.is_versioned:
        raise NotFound(NO_PAST)
    of_all_versions()
    _refuse_unknown(f"/{path}")
    known = services().store.versions()
    before = version_number(_OLDER, request.args.get(_OLDER))
    page = known.below(before)[:LIMIT]
    if not page:
        raise NotFound(f"There is no version before {before}.")
    original = f"{request.host_url.rstrip('/')}{_original(f'/{path}')}"
    text = ",\n".join(_entries(original, page[::-1], known))
    return Response(f"{text}\n", content_type=LINK_FORMAT.content_type)


def _entries(original: str, page: tuple[VersionInfo, ...], known: Versions) -> Iterator[str]:
    """The links of a TimeMap of the versions in ``page``, oldest first, of all that are known."""
    yield f'<{original}>; rel="original timegate"'
    yield _timemap_link(request.url, "self", page[0], page[-1])
    older = known.below(page[0].number)
    if older:
        url = f"{request.host_url.rstrip('/')}{_original(request.path)}"
        yield _timemap_link(_with(url, _OLDER, page[0]), "timemap", older[-1], older[0])
    ends = (("first", known.numbers[-1]), ("last", known.numbers[0]))
    for info in page:
        rel = " ".join((*(name for name, number in ends if number == info.number), "memento"))
        url = _with(original, "version", info)
        yield f'<{url}>; rel="{rel}"; datetime="{http_date(info.time)}"'


def _timemap_link(url: str, rel: str, first: VersionInfo, last: VersionInfo) -> str:
    span = f'from="{http_date(first.time)}"; until="{http_date(last.time)}"'
    return f'<{url}>; rel="{rel}"; type="{LINK_FORMAT.media_type}"; {span}'


def _negotiate() -> Redirect | None:
    """Send a request for a time to the version that was current then."""
    wanted = request.headers.get("Accept-Datetime")
    if wanted is None or not _has_history() or g.get("pinned") is not None:
        return None
    time = parse_date(wanted)
    if time is None:
        raise ParameterError(
            f"Accept-Datetime: {wanted[:60]!r} is no HTTP date.", parameter="Accept-Datetime"
        )
    info = version_at(services().store.versions(), _end_of_second(time))
    response = redirect(_with(_original(request.path), "version", info), code=302)
    response.vary.add("Accept-Datetime")
    response.headers.extend(_links())
    return response


def _annotate(response: Response) -> Response:
    if not (_has_history() and "snapshot" in g and response.status_code in {200, 304}):
        return response
    response.headers.extend(_links())
    if g.get("pinned") is None:
        response.vary.add("Accept-Datetime")
    else:
        response.headers["Memento-Datetime"] = http_date(snapshot().info.time)
    return response


def _links() -> list[tuple[str, str]]:
    original = _original(request.path)
    root = request.script_root
    timemap_url = f"{root}/timemap{original.removeprefix(root)}"
    return [
        ("Link", f'<{original}>; rel="original timegate"'),
        ("Link", f'<{timemap_url}>; rel="timemap"; type="{LINK_FORMAT.media_type}"'),
    ]


def _has_history() -> bool:
    is_read = request.method in _READS and request.blueprint not in _TIMELESS
    return is_read and services().querying.is_versioned


def _original(path: str) -> str:
    """The URL, without host, of the resource itself: the parameters as sent, but those of ours."""
    quoted = quote(path, safe="/:@!$&'()*+,;=~")
    ours = {"version", _OLDER} if request.blueprint == bp.name else {"version"}
    query = urlencode([pair for pair in request.args.items(multi=True) if pair[0] not in ours])
    return f"{request.script_root}{quoted}" + (f"?{query}" if query else "")


def _with(url: str, parameter: str, info: VersionInfo) -> str:
    return f"{url}{'&' if '?' in url else '?'}{parameter}={info.number}"


def _end_of_second(time: datetime) -> datetime:
    return time.astimezone(UTC) + _SECOND - timedelta(microseconds=1)


def _refuse_unknown(path: str) -> None:
    """Raise NotFound where no route leads to ``path``."""
    routes = current_app.create_url_adapter(request)
    assert routes is not None, "there is a request"
    try:
        routes.match(path, method="GET")
    except RequestRedirect:
        return
    except HTTPException as error:
        raise NotFound(f"There is nothing at {path[:100]!r}.") from error
