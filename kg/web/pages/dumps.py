"""The pages of downloads: the versions that can be had, the files of one, and what is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.documents.description import Json
from kg.finding.contents import Contents
from kg.rdf.formats import RDF_FORMATS
from kg.rdf.namespaces import shorten
from kg.store.base import VersionInfo
from kg.web.pages.layout import rendered

SHOWN = 300  # of versions, or of files of one kind
_TITLES = {each.suffix: each.label for each in RDF_FORMATS}
_WHOLE = ""  # the folder of the files that hold the whole dataset


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a version; ``format`` is empty for what is no RDF. ``size`` is in bytes."""

    name: str
    format: str
    compressed: bool
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """Files of one kind: ``name`` is empty for the whole dataset."""

    name: str
    files: Sequence[File]
    count: int


def dumps_page(numbers: Sequence[int]) -> bytes:
    """The versions whose files can be had, newest first."""
    return rendered("dumps.html", numbers=numbers[:SHOWN], count=len(numbers))


def files_page(version: VersionInfo, files: Sequence[Json]) -> bytes:
    """The files of a version, those of the whole dataset first."""
    return rendered("files.html", version=version, folders=folders(files))


def contents_page(version: VersionInfo, counted: Contents) -> bytes:
    """What is in a version: how many things of each class and triples of each property."""
    tables = {
        name: sorted(
            ((shorten(iri), n) for iri, n in found.items()), key=lambda row: (-row[1], row)
        )
        for name, found in (("classes", counted.classes), ("properties", counted.properties))
    }
    return rendered("contents.html", version=version, counted=counted, tables=tables)


def folders(files: Sequence[Json]) -> list[Folder]:
    """Files in their JSON form, sorted out by folder."""
    by_name: dict[str, list[File]] = {_WHOLE: []}
    for each in files:
        assert isinstance(each, Mapping), "the JSON form of a file"
        found = _file(each)
        by_name.setdefault(found.name.rpartition("/")[0], []).append(found)
    return [
        Folder(name=name, files=found[:SHOWN], count=len(found)) for name, found in by_name.items()
    ]


def _file(file: Mapping[str, Json]) -> File:
    name, size = str(file["name"]), file["size"]
    assert isinstance(size, int), "a size in bytes"
    plain = name.removesuffix(".gz")
    return File(
        name=name,
        format=_TITLES.get(plain.rpartition(".")[2], ""),
        compressed=plain != name,
        size=size,
        sha256=str(file["sha256"]),
    )
