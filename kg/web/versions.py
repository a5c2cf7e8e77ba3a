"""The versions of the store, what differs between two, and ``?version=`` on every route."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from flask import Blueprint, Flask, Response, g, redirect, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response as Redirect

from kg.documents.description import Json
from kg.errors import NotFound, ParameterError
from kg.rdf.formats import HTML, JSON, RDF_PATCH, Format
from kg.store.base import VersionInfo
from kg.web.pages.layout import language
from kg.web.pages.versions import difference_page, history_page, version_page
from kg.web.responses import asked_format, known_parameters, to_json
from kg.web.services import pin, services
from kg.writing.history import Difference, difference
from kg.writing.patches import write_patch

bp = Blueprint("versions", __name__)

_RANGE = re.compile(r"([0-9]{1,9})(?:\.\.([0-9]{1,9}))?")
LIMIT = 100
NO_PAST = (
    "The store is another engine, which keeps only its current content: no older versions, no"
    " differences, no Memento."
)
_DAY = 86_400  # seconds: the program that writes a representation may change, the version not


def init_app(app: Flask) -> None:
    """Let every route be asked as of a version."""
    app.before_request(_select)
    app.after_request(_keep)


@bp.get("/versions")
def versions() -> Response | Redirect:
    """The versions that are kept, newest first, a page at a time."""
    of_all_versions()
    asked = known_parameters("before", "from", "to")
    if "from" in asked or "to" in asked:
        return _to_difference(asked)
    known = services().store.versions().below(version_number("before", asked.get("before")))
    page, rest = known[:LIMIT], known.numbers[LIMIT:]
    following = f"{request.script_root}/versions?before={page[-1].number}" if rest else None
    items: list[Json] = [_summary(info) for info in page]
    response = _described_in({"items": items, "next": following, **_note()}, history_page)
    if following:
        response.headers.add("Link", f'<{following}>; rel="next"')
    return response


@bp.get("/versions/<spec>")
def version(spec: str) -> Response:
    """One version, or what differs between two: ``/versions/3..7``."""
    known_parameters()
    found = _RANGE.fullmatch(spec)
    if found is None:
        raise NotFound(f"{spec[:40]!r} is neither a version nor two, such as 3 or 3..7.")
    old, new = found.groups()
    if new is None:
        info = services().store.snapshot(int(old)).info
        response = _described_in(_described(info), version_page)
        return _lasting(response, f"{info.digest}{response.mimetype}{language()}")
    return _difference(difference(services().store, int(old), int(new)))


def _difference(found: Difference) -> Response:
    chosen, content_type = asked_format((RDF_PATCH, JSON, HTML))
    response = Response(_written(found, chosen), content_type=content_type)
    response.vary.update(("Accept", "Accept-Language"))
    return _lasting(response, found.old.digest + found.new.digest + chosen.name + language())


def _written(found: Difference, chosen: Format) -> bytes:
    if chosen is RDF_PATCH:
        return "".join(write_patch(found)).encode()
    if chosen is HTML:
        return difference_page(found)
    return to_json(
        {
            "from": _summary(found.old),
            "to": _summary(found.new),
            "removed": [str(quad) for quad in found.removed],
            "added": [str(quad) for quad in found.added],
        }
    )


def _summary(info: VersionInfo) -> dict[str, Json]:
    return {**info.summary, "url": f"{request.script_root}/versions/{info.number}"}


def _described(info: VersionInfo) -> dict[str, Json]:
    """A version with its graphs by IRI, the default graph by the empty string."""
    graphs: dict[str, Json] = {
        name: {"triples": graph.triples, "digest": graph.digest}
        for name, graph in sorted(info.graphs.items())
    }
    return {**_summary(info), "graphs": graphs}


def _described_in(
    body: Mapping[str, Json], page: Callable[[Mapping[str, Json]], bytes]
) -> Response:
    """``body`` as JSON, or as a page for who asks for that."""
    chosen, content_type = asked_format((JSON, HTML))
    data = page(body) if chosen is HTML else to_json(body)
    response = Response(data, content_type=content_type)
    response.cache_control.no_cache = True
    response.vary.update(("Accept", "Accept-Language"))
    return response


def _lasting(response: Response, tag: str) -> Response:
    """``response``, which never becomes another one, or 304 where the client has it."""
    response.set_etag(tag)
    _let_keep(response)
    response.make_conditional(request)
    return response


def _select() -> None:
    """Let the request see the version that ``?version=`` names; no route needs to know of it."""
    values = request.args.getlist("version")
    if not values:
        return
    if len(values) > 1:
        raise ParameterError("version= is given twice; once is right.", parameter="version")
    number = version_number("version", values[0])
    assert number is not None
    pin(number)
    g.pinned = number
    others = [pair for pair in request.args.items(multi=True) if pair[0] != "version"]
    vars(request)["args"] = ImmutableMultiDict(others)


def _keep(response: Response) -> Response:
    """Let caches keep what is of a version, and stay in the version on a redirect.

    What no cache may keep, such as figures of the running service, is of no version.
    """
    if g.get("pinned") is None:
        return response
    if response.status_code in {200, 304} and not response.cache_control.no_store:
        _let_keep(response)
    place = response.headers.get("Location", "")
    if place and "version=" not in place:
        response.headers["Location"] = f"{place}{'&' if '?' in place else '?'}version={g.pinned}"
    return response


def _note() -> dict[str, Json]:
    """Why there is one version only, where that is so."""
    return {} if services().querying.is_versioned else {"note": NO_PAST}


def _let_keep(response: Response) -> None:
    response.cache_control.clear()
    response.cache_control.public = True
    if not services().querying.is_versioned:  # others may write there and keep the number
        response.cache_control.no_cache = True
        return
    response.cache_control.max_age = _DAY
    response.cache_control.immutable = True


def _to_difference(asked: Mapping[str, str]) -> Redirect:
    old, new = (_required(asked, name) for name in ("from", "to"))
    return redirect(f"{request.script_root}/versions/{old}..{new}", code=303)


def _required(asked: Mapping[str, str], name: str) -> int:
    number = version_number(name, asked.get(name))
    if number is None:
        raise ParameterError(f"{name}: expected the number of a version.", parameter=name)
    return number


def of_all_versions() -> None:
    """Tell that the answer is about all versions, so that it changes whatever version is asked."""
    g.pinned = None


def version_number(name: str, text: str | None) -> int | None:
    """The number that the parameter ``name`` gives, if it is given. Raises ParameterError."""
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ParameterError(f"{name}={text[:20]!r} is no version number.", parameter=name)
    return int(text)
