"""SECURITY.md says what is true: its tests are there, its knobs have the defaults it names."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from kg.settings import Settings, variable
from tests.knowledge import ROOT

TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
TESTS = sorted(set(re.findall(r"`(tests/[a-z_/]+\.py)::(test_[a-z0-9_]+)`", TEXT)))
KNOBS = re.findall(r"^\| ((?:`KG_[A-Z_]+`(?:, )?)+) \| ([^|]+) \|", TEXT, re.MULTILINE)
# Settings that decide what is shown, not what anybody may do.
OTHERS = {
    *("store", "store_update", "store_graphs", "store_user", "store_watch", "remote_user"),
    *("ontology", "shapes", "articles", "queries", "namespace", "union_default_graph"),
    *("metrics_folder", "cache"),
}


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_the_test_that_holds_a_promise_is_there(file: str, name: str) -> None:
    tree = ast.parse(Path(ROOT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_promise_names_a_test() -> None:
    section = TEXT.partition("## Promises")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == 24
    assert [row for row in rows if "::test_" not in row] == []
    assert len(TESTS) == 45


def test_every_setting_is_a_knob_or_has_nothing_to_do_with_safety() -> None:
    listed = {name for names, _ in KNOBS for name in re.findall(r"KG_[A-Z_]+", names)}
    known = {variable(each.name) for each in fields(Settings) if each.name not in OTHERS}
    assert listed == known


@pytest.mark.parametrize(("names", "default"), KNOBS)
def test_the_default_is_the_one_that_is_named(names: str, default: str) -> None:
    words = {"nothing": (), "none": None, "off": False}
    special = {"KG_WORKERS", "KG_TOKENS"}
    for each in fields(Settings):
        if f"`{variable(each.name)}`" in names and variable(each.name) not in special:
            plain = default.strip("`")
            expected = words.get(plain, plain)
            assert each.default == expected or str(each.default).removesuffix(".0") == expected
