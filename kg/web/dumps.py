"""Files for other stores, and what says where they are: dumps, VoID and DCAT."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import cast

from flask import Blueprint, Response, current_app, redirect, request, send_from_directory
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import NotFound as NoSuchPage

from kg.documents.description import Json
from kg.errors import NotFound
from kg.exchange.dumping import SUMS
from kg.exchange.dumps import Dumps
from kg.exchange.void import catalog, void
from kg.rdf.formats import HTML, JSON, RDF_FORMATS, Format, by_name
from kg.rdf.parsing import serialize
from kg.web.pages.dumps import contents_page, dumps_page, files_page
from kg.web.responses import Answer, answered, negotiated, to_json
from kg.web.services import Services, pin, services, snapshot

bp = Blueprint("dumps", __name__)


@bp.record
def _init_app(state: BlueprintSetupState) -> None:
    known: Services = state.app.extensions["kg"]
    cache = known.settings.cache_folder
    state.app.extensions["kg.dumps"] = Dumps(cache / "dumps" if cache else None)


@bp.get("/dumps/")
def versions() -> Response:
    """The versions whose files can be had."""
    root = request.script_root
    known = services().store.versions().numbers
    body: Json = {
        "latest": f"{root}/dumps/latest/",
        "versions": [f"{root}/dumps/{n}/" for n in known],
    }
    return negotiated(
        (JSON, HTML), lambda chosen: dumps_page(known) if chosen is HTML else to_json(body)
    )


@bp.get("/dumps/latest/")
@bp.get("/dumps/latest/<path:name>")
def latest(name: str = "") -> Response:
    """To the current version's address, which keeps its content."""
    url = f"{request.script_root}/dumps/{snapshot().info.number}/{name}"
    return cast("Response", redirect(url, code=307))


@bp.get("/dumps/<int:number>/")
def files(number: int) -> Response:
    """A version's files: their names, sizes in bytes, media types and SHA-256."""
    pin(number)
    return answered((JSON, HTML), _listing)


@bp.get("/dumps/<int:number>/<path:name>")
def file(number: int, name: str) -> Response:
    """One file."""
    pin(number)
    folder = _dumps().of(snapshot()).absolute()  # else Flask looks below its own folder
    try:
        found = send_from_directory(
            folder, name, mimetype=_media_type(name), etag=False, conditional=False
        )
    except NoSuchPage:
        raise NotFound(f"There is no file {name[:100]!r} of version {number}.") from None
    found.set_etag(hashlib.sha256(f"{snapshot().info.digest} {name}".encode()).hexdigest()[:32])
    whole = found.content_length
    found.make_conditional(request.environ, accept_ranges=True, complete_length=whole)
    return found


@bp.get("/.well-known/void")
def well_known() -> Response:
    """Where VoID says to look first."""
    return cast("Response", redirect(f"{request.script_root}/void", code=302))


@bp.get("/void")
def void_description() -> Response:
    """What is in the dataset; as a page, in figures."""
    root, namespace = request.url_root.rstrip("/"), services().iris.namespace

    def write(chosen: Format) -> Answer:
        info, contents = snapshot().info, services().finders.contents(snapshot())
        if chosen is HTML:
            return Answer(contents_page(info, contents))
        return Answer(serialize(void(info, contents, root, namespace=namespace), chosen))

    return answered((*RDF_FORMATS, HTML), write, root=root)


@bp.get("/catalog")
def dcat() -> Response:
    """Where it can be had; the page of it is that of the files."""
    root = request.url_root.rstrip("/")

    def write(chosen: Format) -> Answer:
        if chosen is HTML:
            return _listing(chosen)
        return Answer(serialize(catalog(snapshot().info, root), chosen))

    return answered((*RDF_FORMATS, HTML), write, root=root)


def _listing(chosen: Format) -> Answer:
    found = _files(_dumps().of(snapshot()))
    if chosen is HTML:
        return Answer(files_page(snapshot().info, found))
    return Answer(to_json({"files": found}))


def _dumps() -> Dumps:
    return cast("Dumps", current_app.extensions["kg.dumps"])


def _files(folder: Path) -> list[Json]:
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    pairs = (line.split("  ", 1) for line in lines)
    return [
        {
            "name": name,
            "size": (folder / name).stat().st_size,
            "mediaType": _media_type(name),
            "sha256": digest,
        }
        for digest, name in pairs
    ]


def _media_type(name: str) -> str:
    suffix = name.rpartition(".")[2]
    if suffix == "gz":
        return "application/gzip"
    known = any(suffix == each.suffix for each in RDF_FORMATS)
    return by_name(suffix, RDF_FORMATS).media_type if known else "text/plain"
