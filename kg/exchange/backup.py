"""A store in one file: its versions and tokens, with checksums, and back again.

The file is a compressed tar. Its first member names every other with its SHA-256; files that
versions share are in it once.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from kg.errors import Busy, Conflict, InputError, NotFound, StoreCorrupt
from kg.progress import Progress, unwatched
from kg.store import durable
from kg.store.contents import graph_name
from kg.store.digests import describe_graph
from kg.store.embedded.folder import Folder, Lock
from kg.store.embedded.store import EmbeddedStore
from kg.store.faults import store_faults
from kg.writing.access import FILE as TOKENS

_MANIFEST = "manifest.json"
_FORMAT = 1
_MEMBER = re.compile(rf"versions/[0-9]{{6,}}/[A-Za-z0-9][A-Za-z0-9._-]*|{re.escape(TOKENS)}")
_PATIENCE = 5.0  # seconds that a restore waits for a writer


def backup(
    store: Path, tokens: Path, target: Path, *, force: bool = False, progress: Progress = unwatched
) -> int:
    """Write all versions of ``store``, and its tokens, to ``target``; how many versions they are.

    Others may go on reading and writing. Raises NotFound where there is no store, Conflict where
    the target exists and ``force`` is not given.
    """
    if target.exists() and not force:
        raise Conflict(f"{target} exists: name another file, or overwrite it by --force.")
    folder = Folder(store)
    if folder.current() is None:
        raise NotFound(f"There is no store in {store}.")
    with store_faults(target), ExitStack() as held:
        numbers = list(_hold(folder, held))
        files = dict(_files(folder, numbers, tokens))
        part = target.with_name(f"{target.name}.part")
        held.callback(part.unlink, missing_ok=True)
        _write(part, files, current=numbers[-1], progress=progress)
        part.replace(target)
        durable.sync(target.absolute().parent)
    return len(numbers)


def restore(
    source: Path, store: Path, tokens: Path, *, force: bool = False, progress: Progress = unwatched
) -> int:
    """Make ``store`` what it was when ``source`` was written; how many versions it has.

    Nothing is touched before every file and every digest has been checked. Raises Conflict where
    there is a store or tokens already and ``force`` is not given, Busy where it is being served,
    and InputError or StoreCorrupt for a file that is no whole backup.
    """
    folder = Folder(store)
    taken = [path for path in (store, tokens) if path.exists() and not _is_empty(path)]
    if taken and not force:
        raise Conflict(f"{taken[0]} is there already: overwrite it by --force.")
    new = store.with_name(f"{store.name}.restoring")
    with store_faults(store):
        durable.remove_all([new])
        new.mkdir(parents=True)
        try:
            manifest = _read(source, new, progress)
            durable.replace_file(new / "CURRENT", f"{manifest.current:06}\n")
            _check(EmbeddedStore(new))
            versions = len(Folder(new).numbers())
            with _stopped(folder):
                _put_in_place(new, store, tokens)
        finally:
            durable.remove_all([new])
    return versions


def _hold(folder: Folder, held: ExitStack) -> Iterator[int]:
    """The versions that are there, and stay for as long as they are held."""
    for number in folder.numbers():
        path = folder.version(number)
        try:
            lock = Lock(path)
        except FileNotFoundError:
            continue
        held.callback(lock.release)
        if lock.try_shared() and lock.is_on(path):
            yield number


def _files(folder: Folder, numbers: list[int], tokens: Path) -> Iterator[tuple[str, Path]]:
    """Each file to keep, by its name in the archive."""
    for number in numbers:
        version = folder.version(number)
        for path in sorted(version.iterdir()):
            yield f"versions/{version.name}/{path.name}", path
    if tokens.exists():
        yield TOKENS, tokens


def _write(part: Path, files: Mapping[str, Path], *, current: int, progress: Progress) -> None:
    manifest = {"format": _FORMAT, "current": current, "sha256": dict(_sums(files))}
    content = json.dumps(manifest, indent=1).encode()
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as archive:
            about = tarfile.TarInfo(_MANIFEST)
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
            for done, (name, path) in enumerate(files.items()):
                progress("Writing", done=done, total=len(files))
                archive.add(path, name, recursive=False)
        out.flush()
        os.fsync(out.fileno())


def _sums(files: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """The checksum of each file; one that versions share is read once."""
    known: dict[int, str] = {}
    for name, path in files.items():
        inode = path.stat().st_ino
        if inode not in known:
            with path.open("rb") as file:
                known[inode] = hashlib.file_digest(file, "sha256").hexdigest()
        yield name, known[inode]


class _Manifest(NamedTuple):
    """What an archive says of itself: the current version, and the SHA-256 of each file."""

    current: int
    sums: Mapping[str, str]


def _read(source: Path, new: Path, progress: Progress) -> _Manifest:
    """Unpack an archive into the folder ``new``, checking every file."""
    try:
        with tarfile.open(source, "r:*") as archive:
            members = iter(archive)
            manifest = _manifest(archive, next(members, None))
            for done, member in enumerate(members):
                progress("Reading", done=done, total=len(manifest.sums))
                _unpack(archive, member, new, manifest.sums)
    except FileNotFoundError as error:
        raise InputError(f"{source}: there is no such file.") from error
    except (tarfile.TarError, zlib.error, EOFError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{source} is no backup of a store, or not whole: {error}.") from error
    missing = [name for name in manifest.sums if not (new / name).is_file()]
    if missing:
        raise InputError(f"{source} is not whole: {missing[0]} is missing.")
    return manifest


def _manifest(archive: tarfile.TarFile, member: tarfile.TarInfo | None) -> _Manifest:
    file = archive.extractfile(member) if member and member.name == _MANIFEST else None
    if file is None:
        raise ValueError("it has no manifest")
    document = json.load(file)
    if document["format"] != _FORMAT:
        raise ValueError(f"its format is {document['format']}, this program reads {_FORMAT}")
    return _Manifest(int(document["current"]), dict(document["sha256"]))


def _unpack(
    archive: tarfile.TarFile, member: tarfile.TarInfo, new: Path, sums: Mapping[str, str]
) -> None:
    """Write one member below ``new``: nothing but a file that a backup can have."""
    if not (_MEMBER.fullmatch(member.name) and member.name in sums):
        raise ValueError(f"{member.name[:100]!r} does not belong there")
    path = new / member.name
    path.parent.mkdir(parents=True, exist_ok=True)
    if member.islnk():
        if not (_MEMBER.fullmatch(member.linkname) and member.linkname in sums):
            raise ValueError(f"{member.name} is a link out of it")
        path.hardlink_to(new / member.linkname)
    else:
        _copy(archive.extractfile(member), path)
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sums[member.name]:
            raise ValueError(f"{member.name} is damaged")


def _copy(content: IO[bytes] | None, path: Path) -> None:
    if content is None:
        raise ValueError(f"{path.name} is no file")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        if path.name == TOKENS:
            os.fchmod(descriptor, 0o600)
        shutil.copyfileobj(content, file)
        file.flush()
        os.fsync(descriptor)


def _check(store: EmbeddedStore) -> None:
    """Raise StoreCorrupt where a version does not have the content that its digests say."""
    known: set[tuple[str, str]] = set()
    for info in store.versions():
        snapshot = store.snapshot(info.number)
        for name, graph in info.graphs.items():
            if (name, graph.digest) in known:
                continue
            found = describe_graph(snapshot.quads(graph_name(name)))
            if found.digest != graph.digest:
                raise StoreCorrupt(f"Version {info.number}: graph <{name}> is not what it was.")
            known.add((name, graph.digest))
    store.close()


@contextmanager
def _stopped(folder: Folder) -> Iterator[None]:
    """A block in which nobody reads or writes the store. Raises Busy where somebody does."""
    current = folder.current()
    if current is None:
        yield
        return
    writing, reading = folder.lock_for_writing(_PATIENCE), Lock(folder.version(current))
    try:
        if not reading.try_exclusive():
            raise Busy(f"{folder.path} is being served: stop that first.")
        yield
    finally:
        reading.release()
        writing.release()


def _put_in_place(new: Path, store: Path, tokens: Path) -> None:
    """Give the checked folder ``new`` the name ``store``, and its tokens their place."""
    old = store.with_name(f"{store.name}.replaced")
    durable.remove_all([old])
    if (new / TOKENS).exists() and tokens.absolute() != (store / TOKENS).absolute():
        tokens.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(new / TOKENS, tokens)
    if store.exists():
        durable.move_folder(store, old)
    durable.move_folder(new, store)
    durable.remove_all([old])


def _is_empty(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())
