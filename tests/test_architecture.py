"""The house rules: layers, owners, sizes. Each message names what breaks the rule."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import median, quantiles

import pytest

from tests.knowledge import ROOT

FILES = sorted((ROOT / "kg").rglob("*.py"))

# From the bottom; packages, and modules beside them. What is not named here is a use case.
LAYERS = {
    0: ("errors", "settings", "progress", "cache", "cache_folder", "rdf"),
    1: ("schema", "sparql", "sources"),
    2: ("store",),
    4: ("web", "cli", "client", "serving", "__main__"),
}
USE_CASES = 3
OWNERS = {
    "flask": ("kg.web",),
    "werkzeug": ("kg.web",),
    "prometheus_client": ("kg.web", "kg.serving"),
    "pyshacl": ("kg.validation.engine",),
    "rdflib": ("kg.validation.engine",),
    "pyoxigraph": (
        "kg.rdf.terms",
        "kg.rdf.parsing",
        "kg.store",
        "kg.validation.engine",
        "kg.validation.surroundings",
    ),
    "gunicorn": ("kg.serving",),
    "urllib3": ("kg.store.remote",),
    "distributed": ("kg.validation.cluster",),
    "sentencex": ("kg.authoring.sentences",),
    "click": ("kg.cli",),
    "rich": ("kg.cli",),
}
# Settings are read from an environment that is handed over; these have a process of their own.
ENVIRONMENT = ("kg.cli.main", "kg.serving", "kg.store.sandbox")
SPARQL = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE|INSERT|DELETE|WHERE|GRAPH)\b[^a-z]*[{?]")


def module_name(path: Path) -> str:
    """The dotted name that a file is imported by."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def imports(tree: ast.AST, *, later: bool = True) -> Iterator[str]:
    """What a module imports, as dotted names; not what only annotations need.

    ``later`` tells whether the imports inside functions count too.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.FunctionDef) and not later:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in TREES else str(node.module)
        else:
            yield from imports(node, later=later)


IMPORTS = {name: set(imports(tree)) for name, tree in TREES.items()}


def layer(name: str) -> int:
    """The layer of one of our modules."""
    own = name.removeprefix("kg.").partition(".")[0]
    return next((level for level, names in LAYERS.items() if own in names), USE_CASES)


def package(name: str) -> str:
    """The package right below ``kg`` that a module is in, or the module itself."""
    return ".".join(name.split(".")[:2])


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """All functions and methods of a module."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def body_lines(function: ast.FunctionDef) -> int:
    """How many lines a function's body has, its docstring apart."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return function.end_lineno - body[0].lineno + 1 if body and function.end_lineno else 0


def is_within(name: str, owners: tuple[str, ...]) -> bool:
    """Whether a module is one of ``owners`` or inside one."""
    return any(name == owner or name.startswith(f"{owner}.") for owner in owners)


def is_decorated(function: ast.FunctionDef, *calls: str) -> bool:
    """Whether a decorator calls one of these methods, such as ``route``."""
    found = (ast.unparse(each).partition("(")[0] for each in function.decorator_list)
    return any(each.rpartition(".")[2] in calls for each in found)


def test_imports_go_downward_only() -> None:
    upward = [
        f"{name} -> {target}"
        for name, targets in IMPORTS.items()
        for target in sorted(targets)
        if name != "kg" and target.startswith("kg.") and layer(target) > layer(name)
    ]
    assert upward == []


def test_there_is_no_ring() -> None:
    """Neither of modules, nor of packages: each can be understood before those above it."""
    modules = {
        name: set(imports(tree, later=False)) & TREES.keys() - {name}
        for name, tree in TREES.items()
    }
    packages: dict[str, set[str]] = {}
    for name, targets in modules.items():
        own = package(name)
        packages.setdefault(own, set()).update(set(map(package, targets)) - {own, "kg"})
    for graph in (modules, packages):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            pytest.fail(" <- ".join(error.args[1]))


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_has_one_owner(library: str) -> None:
    strangers = [
        name
        for name, targets in IMPORTS.items()
        if library in {target.partition(".")[0] for target in targets}
        and not is_within(name, OWNERS[library])
    ]
    assert strangers == []


def test_the_environment_is_read_in_few_places() -> None:
    readers = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}
    }
    assert readers <= set(ENVIRONMENT)


def test_functions_are_small() -> None:
    sizes = {
        f"{name}.{function.name}": body_lines(function)
        for name, tree in TREES.items()
        for function in functions(tree)
    }
    assert {name: size for name, size in sizes.items() if size > 60} == {}
    assert median(sizes.values()) <= 10
    assert quantiles(sizes.values(), n=10)[-1] <= 30


def test_modules_are_small_and_named_by_their_duty() -> None:
    lines = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in FILES}
    assert {path: count for path, count in lines.items() if count > 300} == {}
    assert [path for path in lines if re.search(r"util|helper|common|misc", path)] == []


def test_views_parse_call_and_respond() -> None:
    """What is longer decides something, and that belongs below the web."""
    rules = re.compile(r"view_func=(\w+)")
    long = {}
    for name, tree in TREES.items():
        if is_within(name, ("kg.web",)):
            registered = set(rules.findall(ast.unparse(tree)))
            for function in functions(tree):
                routed = is_decorated(function, "route", "get", "post", "put", "delete", "patch")
                if (routed or function.name in registered) and body_lines(function) > 12:
                    long[f"{name}.{function.name}"] = body_lines(function)
    assert long == {}


def test_a_command_is_the_spelling_of_a_library_call() -> None:
    commands = {
        f"{name}.{function.name}": body_lines(function)
        for name, tree in TREES.items()
        for function in functions(tree)
        if is_within(name, ("kg.cli",)) and is_decorated(function, "command", "group")
    }
    assert len(commands) >= 8
    assert {name: size for name, size in commands.items() if size > 15} == {}


def test_the_web_writes_no_sparql() -> None:
    queries = [
        f"{name}:{node.lineno}"
        for name, tree in TREES.items()
        if is_within(name, ("kg.web",))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SPARQL.search(node.value)
    ]
    assert queries == []
