"""The tables of a version's projection, in a SQLite file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from kg.errors import StoreError
from kg.finding.contents import Contents

OLDEST_SQLITE = (3, 35)  # the first with RETURNING and materialised common tables

# A thing's kind is its combination of classes, NOT_LISTED where lists cannot show it: blank nodes.
# link: by which relation which value leads to which things; refs counts how often a star does.
# ordered: dates and numbers as they compare. wording: all that things of a kind are called, in
# lower case; name: by which of these each is. Many are called alike, and each is looked at once.
# property and class count what the version says in all, blank nodes included.
TABLES = """
CREATE TABLE version (number INTEGER NOT NULL, digest TEXT NOT NULL, fit INTEGER NOT NULL);
CREATE TABLE graph (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, digest TEXT NOT NULL);
CREATE TABLE property (number INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE,
    triples INTEGER NOT NULL);
CREATE TABLE class (iri TEXT PRIMARY KEY, things INTEGER NOT NULL);
CREATE TABLE kind (number INTEGER PRIMARY KEY, types TEXT NOT NULL UNIQUE, things INTEGER NOT NULL);
CREATE TABLE thing (key TEXT NOT NULL, kind INTEGER NOT NULL, said TEXT NOT NULL);
CREATE TABLE described (graph INTEGER, key TEXT, PRIMARY KEY (graph, key)) WITHOUT ROWID;
CREATE TABLE link (relation INTEGER, value TEXT, kind INTEGER, key TEXT, refs INTEGER NOT NULL,
    PRIMARY KEY (relation, value, kind, key)) WITHOUT ROWID;
CREATE TABLE ordered (relation INTEGER, key TEXT, value, kind INTEGER NOT NULL,
    PRIMARY KEY (relation, key, value)) WITHOUT ROWID;
CREATE TABLE odd (relation INTEGER PRIMARY KEY);
CREATE TABLE wording (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, words TEXT NOT NULL,
    things INTEGER NOT NULL, UNIQUE (kind, words));
CREATE TABLE name (key TEXT PRIMARY KEY, wording INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO kind VALUES (0, '', 0);
"""
INDEXES = (
    "CREATE UNIQUE INDEX thing_key ON thing (key)",
    "CREATE INDEX thing_kind ON thing (kind, key)",
    "CREATE INDEX name_wording ON name (wording)",
)
NOT_LISTED = 0

_MAPPED = 1 << 32  # bytes of a file that are read as memory, without copying


def connect(path: Path) -> sqlite3.Connection:
    """A connection to a file that is there, for reading and for short changes.

    Readers see the version that was whole when they began (write-ahead log). Raises StoreError
    where SQLite is too old.
    """
    rows = _opened(f"{path.absolute().as_uri()}?mode=rw")
    rows.execute(f"PRAGMA mmap_size = {_MAPPED}")
    rows.execute("PRAGMA synchronous = NORMAL")
    rows.execute("PRAGMA busy_timeout = 5000")
    return rows


def connect_new(path: Path) -> sqlite3.Connection:
    """A connection to a new file that nobody reads before it is whole."""
    rows = _opened(f"{path.absolute().as_uri()}?mode=rwc")
    rows.execute("PRAGMA page_size = 8192")
    rows.execute("PRAGMA journal_mode = OFF")
    rows.execute("PRAGMA synchronous = OFF")
    rows.execute("PRAGMA cache_size = -262144")  # KiB
    rows.execute("PRAGMA temp_store = FILE")
    rows.executescript(TABLES)
    return rows


def contents(file: sqlite3.Connection) -> Contents:
    """How much is in the version as a whole."""
    (subjects,) = file.execute("SELECT sum(things) FROM kind").fetchone()
    classes = "SELECT iri, things FROM class WHERE things > 0 ORDER BY iri"
    properties = "SELECT iri, triples FROM property WHERE triples > 0 ORDER BY iri"
    return Contents(
        subjects=subjects,
        classes=dict(file.execute(classes)),
        properties=dict(file.execute(properties)),
    )


def _opened(uri: str) -> sqlite3.Connection:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(f"Lists need SQLite 3.35 or newer; Python has {sqlite3.sqlite_version}.")
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
