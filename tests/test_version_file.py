"""What stands of a version beside its tables: how much is written, and that damage is noticed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from kg.errors import StoreCorrupt
from kg.store.base import GraphInfo, VersionInfo
from kg.store.embedded.version_file import read_version, write_version

NAMES = [f"http://example.org/graph/{number}" for number in range(400)]


def graph(content: object, source: str | None = None) -> GraphInfo:
    """A graph's description, its digest made up."""
    return GraphInfo(triples=3, digest=sha256(str(content).encode()).hexdigest(), source=source)


def version(graphs: Mapping[str, GraphInfo], number: int = 1) -> VersionInfo:
    """A version with these graphs."""
    return VersionInfo(
        number=number,
        time=datetime(2025, 8, 17, 9, 30, 0, 1, tzinfo=UTC),
        author="Ada, エイダ",
        message='Says "yes"\n',
        parent=number - 1,
        digest=sha256(str(sorted(graphs)).encode()).hexdigest(),
        graphs=graphs,
    )


def written(folder: Path, info: VersionInfo, like: Path | None = None) -> Path:
    """The folder ``folder`` with a description of ``info``."""
    folder.mkdir()
    write_version(folder, info, like=like)
    return folder


def own_bytes(folder: Path) -> int:
    """The size of the files that ``folder`` shares with no other."""
    stats = [file.stat() for file in folder.iterdir()]
    return sum(stat.st_size for stat in stats if stat.st_nlink == 1)


GRAPHS = {name: graph(name, source="0" * 64 if name.endswith("7") else None) for name in NAMES}


@pytest.mark.parametrize("count", [0, 1, 400])
def test_what_is_written_is_read(tmp_path: Path, count: int) -> None:
    info = version({name: GRAPHS[name] for name in NAMES[:count]} | {"": graph("default")})
    assert read_version(written(tmp_path / "1", info)) == info


def test_a_version_like_another_takes_the_space_of_its_differences(tmp_path: Path) -> None:
    last, graphs = written(tmp_path / "0", version(GRAPHS, 0)), dict(GRAPHS)
    for number in range(1, 60):
        graphs[NAMES[number]] = graph(f"edition {number}", source="1" * 64)
        graphs.pop(NAMES[-number])
        graphs[f"urn:new:{number}"] = graph(number)
        info = version(graphs, number)
        last = written(tmp_path / str(number), info, last)
        assert read_version(last) == info
    sizes = [own_bytes(tmp_path / str(number)) for number in range(1, 60)]
    whole = own_bytes(written(tmp_path / "whole", info))
    assert sizes[0] < 1500
    assert sum(sizes) / len(sizes) < whole / 8
    assert max(sizes) < 1.2 * whole


def test_a_version_with_all_graphs_anew_has_a_list_of_its_own(tmp_path: Path) -> None:
    first = written(tmp_path / "0", version(GRAPHS, 0))
    info = version({name: graph(f"new {name}") for name in NAMES})
    assert read_version(written(tmp_path / "1", info, first)) == info
    assert read_version(first).graphs == GRAPHS


def test_a_version_of_format_1_is_read_and_followed(tmp_path: Path) -> None:
    old = tmp_path / "0"
    old.mkdir()
    info = version({"": graph("default"), NAMES[7]: GRAPHS[NAMES[7]]}, 0)
    entries = {
        name: {"triples": each.triples, "digest": each.digest, "source": each.source}
        for name, each in info.graphs.items()
    }
    document = {"format": 1, "number": 0, "time": info.time.isoformat(), "author": info.author}
    document |= {"message": info.message, "parent": info.parent, "digest": info.digest}
    (old / "version.json").write_text(json.dumps(document | {"graphs": entries}))
    assert read_version(old) == info
    following = replace(info, number=1, parent=0)
    assert read_version(written(tmp_path / "1", following, old)) == following


@pytest.mark.parametrize("file", ["version.json", "graphs.json.gz"])
def test_damage_anywhere_is_noticed(tmp_path: Path, file: str) -> None:
    """Whatever byte is another, and wherever the file ends early."""
    first = written(tmp_path / "0", version({NAMES[0]: GRAPHS[NAMES[0]]}, 0))
    graphs = {NAMES[0]: graph("edited"), NAMES[1]: graph("new")}
    last = written(tmp_path / "1", version(graphs), first)
    path = last / file
    whole = path.read_bytes()
    for place in range(0, len(whole), 19):
        for damaged in (whole[:place], whole[:place] + b"0" + whole[place + 1 :]):
            if damaged != whole:
                path.write_bytes(damaged)
                with pytest.raises(StoreCorrupt, match=str(last)):
                    read_version(last)
    path.unlink()
    with pytest.raises((StoreCorrupt, FileNotFoundError)):
        read_version(last)


def test_a_damaged_list_is_not_followed(tmp_path: Path) -> None:
    first = written(tmp_path / "0", version(GRAPHS, 0))
    (first / "graphs.json.gz").write_bytes(b"damaged")
    with pytest.raises(StoreCorrupt):
        written(tmp_path / "1", version(GRAPHS), first)
