"""What stands of a version beside its tables: its origin, and what each of its graphs is.

``version.json`` names the graphs in which the version differs from the list ``graphs.json.gz``,
which versions share until they differ from it too much: so a commit writes about as much as it
changes, whatever the number of graphs. Format 1, which older programs wrote, has no list.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from math import isqrt
from pathlib import Path
from typing import Any, cast

from kg.store import durable
from kg.store.base import GraphInfo, VersionInfo
from kg.store.faults import corrupt

_ABOUT = "version.json"
_LIST = "graphs.json.gz"
_FORMAT = 2
_OLD_FORMAT = 1
_FEW = 16  # differences that are worth no new list, however few graphs there are


def write_version(folder: Path, info: VersionInfo, *, like: Path | None) -> None:
    """Describe ``info`` in ``folder``, on the disk when this returns, the names not yet durable.

    ``like`` is the folder of a version that has many graphs in common with it. Raises StoreCorrupt
    where that one's list is damaged.
    """
    content = _sound_list(like, _document(like)) if like else b""
    listed = _parsed(content) if content else {}
    differences = _differences(listed, info.graphs)
    # A list costs a third of its length in version.json, so this writes least on the average.
    if like and content and len(differences) <= max(_FEW, isqrt(len(info.graphs))):
        (folder / _LIST).hardlink_to(like / _LIST)
    else:
        content, differences = _compressed(info.graphs), {}
        durable.write_file(folder / _LIST, content)
    document = {
        "format": _FORMAT,
        "number": info.number,
        "time": info.time.isoformat(timespec="microseconds"),
        "author": info.author,
        "message": info.message,
        "parent": info.parent,
        "digest": info.digest,
        "list": sha256(content).hexdigest(),
        "graphs": differences,
    }
    document["sha256"] = _digest(document)
    durable.write_file(folder / _ABOUT, json.dumps(document, ensure_ascii=False).encode())


def read_version(folder: Path) -> VersionInfo:
    """What is said of the version in ``folder``.

    Raises FileNotFoundError where there is no version.json, StoreCorrupt for a damaged one.
    """
    document = _document(folder)
    content = _sound_list(folder, document)
    graphs = dict(_parsed(content)) if content else {}
    try:
        for name, entry in document["graphs"].items():
            if entry is None:
                del graphs[name]
            else:
                graphs[name] = GraphInfo(**entry)
        return _version(document, graphs)
    except (ValueError, KeyError, TypeError) as error:
        raise corrupt(folder, f"{_ABOUT}: {error!r}") from error


def _document(folder: Path) -> Mapping[str, Any]:
    """``version.json`` as it was written; only format 1 does not tell whether it still is that."""
    content = (folder / _ABOUT).read_bytes()
    try:
        document = json.loads(content)
        _check(document)
    except (ValueError, KeyError, TypeError) as error:
        raise corrupt(folder, f"{_ABOUT}: {error!r}") from error
    return cast("Mapping[str, Any]", document)


def _check(document: dict[str, Any]) -> None:
    if document["format"] not in {_FORMAT, _OLD_FORMAT}:
        raise ValueError(f"format {document['format']}, of another version of this program")
    if document["format"] == _FORMAT and document.pop("sha256") != _digest(document):
        raise ValueError("it is not what was written")


def _sound_list(folder: Path, document: Mapping[str, Any]) -> bytes:
    """The list that a version's document goes on from, compressed; empty in format 1."""
    if document["format"] == _OLD_FORMAT:
        return b""
    content = (folder / _LIST).read_bytes()
    if sha256(content).hexdigest() != document["list"]:
        raise corrupt(folder, f"{_LIST} is not what was written")
    return content


def _version(document: Mapping[str, Any], graphs: Mapping[str, GraphInfo]) -> VersionInfo:
    return VersionInfo(
        number=document["number"],
        time=datetime.fromisoformat(document["time"]).astimezone(UTC),
        author=document["author"],
        message=document["message"],
        parent=document["parent"],
        digest=document["digest"],
        graphs=dict(sorted(graphs.items())),
    )


@lru_cache(maxsize=2)
def _parsed(content: bytes) -> Mapping[str, GraphInfo]:
    """The graphs of a list, which many versions in a row share."""
    entries = json.loads(gzip.decompress(content))
    return {name: GraphInfo(**entry) for name, entry in entries.items()}


def _compressed(graphs: Mapping[str, GraphInfo]) -> bytes:
    entries = {name: _entry(graph) for name, graph in sorted(graphs.items())}
    return gzip.compress(json.dumps(entries, ensure_ascii=False).encode(), compresslevel=3, mtime=0)


def _differences(
    listed: Mapping[str, GraphInfo], graphs: Mapping[str, GraphInfo]
) -> dict[str, Any]:
    """The graphs that are not as they are listed, and None for those that are gone."""
    differing = {name: _entry(info) for name, info in graphs.items() if listed.get(name) != info}
    return dict.fromkeys(sorted(listed.keys() - graphs.keys())) | differing


def _entry(graph: GraphInfo) -> dict[str, Any]:
    return {"triples": graph.triples, "digest": graph.digest, "source": graph.source}


def _digest(document: Mapping[str, Any]) -> str:
    """The SHA-256 of a description, its own left out."""
    return sha256(json.dumps(document).encode()).hexdigest()
