"""Validation in parts finds what validation of everything at once finds, whoever does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from zlib import crc32

import pytest

from kg.errors import EmptyGraph
from kg.progress import unwatched
from kg.rdf.formats import TURTLE
from kg.rdf.parsing import parse, parse_file
from kg.rdf.terms import Quad
from kg.settings import Settings
from kg.sources import Sources, materialise
from kg.validation.batches import validate_in_parts
from kg.validation.engine import Validator
from kg.validation.executors import Done, Fill, Job, LocalPlace, Part, Place, Processes
from kg.validation.report import Report
from tests.knowledge import ROOT

INVALID = sorted((ROOT / "tests" / "data" / "invalid").glob("*.ttl"))
X = "@prefix : <https://boats.example/> . @prefix sh: <http://www.w3.org/ns/shacl#> ."
PARTS = 23


class Here:
    """Workers that are nobody but the caller, and keep a record of what they were given."""

    def __init__(self, folder: Path) -> None:
        self.jobs: list[object] = []
        self._place = LocalPlace(folder)

    def share(self, fill: Fill[Part], parts: Iterable[Part]) -> None:
        """Fill the folder."""
        fill(self._place.folder, parts)

    def run(self, task: Callable[[Place, Job], Done], jobs: Iterable[Job]) -> Iterator[Done]:
        """Do each job, the last one first: the order must not matter."""
        for job in reversed(list(jobs)):
            self.jobs.append(job)
            yield task(self._place, job)

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""


@pytest.fixture(scope="module")
def sources() -> Sources:
    """The shipped source files."""
    return Sources.read(Settings())


@pytest.fixture(scope="module")
def torn() -> Sources:
    """All bad examples torn apart."""
    return torn_examples()


def torn_examples() -> Sources:
    """All bad examples: what is said of a node stands in one graph of many.

    So whatever a constraint compares is in different graphs, and the examples contradict each
    other besides.
    """
    sources = Sources.read(Settings())
    graphs: dict[str, list[Quad]] = {f"part-{number}": [] for number in range(PARTS)}
    examples = chain.from_iterable(parse_file(path) for path in INVALID)
    for quad in dict.fromkeys(materialise(examples, sources.schema)):
        graphs[f"part-{crc32(str(quad.subject).encode()) % PARTS}"].append(quad)
    kept = {name: sources.graphs[name] for name in ("ontology", "shapes", "concepts")}
    return replace(sources, graphs=kept | {name: tuple(part) for name, part in graphs.items()})


@pytest.fixture(scope="module")
def expected(torn: Sources) -> Report:
    """What validation of everything at once says of them."""
    return at_once(torn)


def at_once(sources: Sources) -> Report:
    """The report on everything at once."""
    validator = Validator(shapes=sources.shapes, ontology=sources.ontology)
    return validator.validate(sources.data())


def outcome(validate: Callable[[], Report]) -> Report | str:
    """The report, or why the data are refused."""
    try:
        return validate()
    except EmptyGraph as error:
        return str(error)


def boats(shapes: str, *graphs: str, ontology: str = "") -> Sources:
    """Sources in Turtle of a schema of their own."""
    texts = {"ontology": ontology, "shapes": shapes}
    texts |= {f"graph-{number}": text for number, text in enumerate(graphs)}
    quads = {name: tuple(parse(f"{X} {text}".encode(), TURTLE)) for name, text in texts.items()}
    return Sources(graphs=quads, schema=Sources.read(Settings()).schema)


def test_everything_that_the_bad_examples_break_is_found_across_graphs(
    torn: Sources, expected: Report, tmp_path: Path
) -> None:
    here = Here(tmp_path)
    assert validate_in_parts(torn, here, unwatched) == expected
    assert len(here.jobs) > PARTS / 5
    constraints = {result.constraint.rpartition("#")[2] for result in expected.results}
    assert {"S17", "S19", "S26", "S32"} <= constraints


def test_processes_report_the_same(torn: Sources, expected: Report) -> None:
    told: list[tuple[str, int, int]] = []

    def listen(step: str, /, *, done: int, total: int) -> None:
        told.append((step, done, total))

    with Processes(2) as workers:
        assert validate_in_parts(torn, workers, listen) == expected
    assert told[-1] == ("Validating", PARTS + 1, PARTS + 1)


def test_sources_that_conform_conform_in_parts(sources: Sources, tmp_path: Path) -> None:
    assert validate_in_parts(sources, Here(tmp_path), unwatched) == Report()


@pytest.mark.parametrize(
    ("shapes", "graphs", "ontology"),
    [
        (":S sh:targetObjectsOf :kind ; sh:property :p .", (":a :kind :b .", ":b :is :c ."),
         ":b :is :e ."),
        (":S sh:targetObjectsOf :owns ; sh:property :p .", (":a :owns :b .", ":b :name 1 ."), ""),
        (":S sh:targetSubjectsOf :name ; sh:property :p .", (":a :name 1 .", ":a :port 2 ."), ""),
        (":S sh:targetClass :Boat ; sh:property :p .", (":a a :Raft .", ":Raft :port 1 ."),
         ":Raft <http://www.w3.org/2000/01/rdf-schema#subClassOf> :Boat ."),
        (":S sh:targetClass :Boat ; sh:property :p .",
         (":a a :Raft .", ":Raft <http://www.w3.org/2000/01/rdf-schema#subClassOf> :Boat ."), ""),
        (":S sh:targetObjectsOf :kind ; sh:property :p .",
         (":a :kind :b .", ":c :kind :d .", ":d :is :f ."), ":b :kind :e ."),
        (":S sh:targetObjectsOf :kind ; sh:property :p .", (":a :name :b .", ":b :name :d ."),
         ":b :kind :e , :b . :f :kind :f ."),
        (":S sh:targetNode :a ; sh:property :p .", (":b :name 1 .", ":c :name 1 ."), ""),
        (":S sh:targetNode :o ; sh:property :p .", (":b :name 1 .",), ":o :name 1 ."),
    ],
    ids=[
        "ours too", "objects", "subjects", "class", "class in data", "both", "ontology", "node",
        "foreign",
    ],
)  # fmt: skip
def test_every_kind_of_target_is_found_across_graphs(
    shapes: str, graphs: tuple[str, ...], ontology: str, tmp_path: Path
) -> None:
    prologue = ":p sh:path :length ; sh:minCount 1 . :S a sh:NodeShape ; "
    made = boats(prologue + shapes.removeprefix(":S "), *graphs, ontology=ontology)
    assert outcome(lambda: validate_in_parts(made, Here(tmp_path), unwatched)) == outcome(
        lambda: at_once(made)
    )


@pytest.mark.parametrize("graphs", [(), (":a :name 1 .", ":b :name 2 .")], ids=["none", "nothing"])
def test_data_that_describe_nothing_are_refused(graphs: tuple[str, ...], tmp_path: Path) -> None:
    made = boats(":S a sh:NodeShape ; sh:targetClass :Boat .", *graphs)
    expected = outcome(lambda: at_once(made))
    assert isinstance(expected, str)
    assert outcome(lambda: validate_in_parts(made, Here(tmp_path), unwatched)) == expected


def test_without_shapes_everything_conforms(tmp_path: Path) -> None:
    assert validate_in_parts(boats("", ":a :b :c ."), Here(tmp_path), unwatched) == Report()
