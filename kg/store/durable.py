"""Files that outlive a crash: nothing here returns before the disk has what it promises."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path


def replace_file(path: Path, content: str) -> None:
    """Make ``path`` hold ``content``: readers see the old content or the new, never a part."""
    new = path.with_name(f"{path.name}.new")
    write_file(new, content.encode())
    new.replace(path)
    sync(path.parent)


def write_file(path: Path, content: bytes) -> None:
    """Write a file and wait until it is on the disk; its name in the folder is not yet durable."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def move_folder(source: Path, target: Path) -> None:
    """Give a folder another name on the same disk, durably."""
    source.rename(target)
    sync(target.parent)


def link_folder(source: Path, target: Path, *, linked: str) -> None:
    """Make ``target`` a copy of ``source`` that shares the files with the suffix ``linked``."""
    target.mkdir()
    for file in source.iterdir():
        if file.suffix == linked:
            (target / file.name).hardlink_to(file)
        else:
            shutil.copyfile(file, target / file.name)


def remove_all(paths: Iterable[Path]) -> None:
    """Remove files and whole folders; one that is gone already is no error."""
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
