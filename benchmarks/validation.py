"""What validation costs: seconds for the whole article, for each graph alone, and among many.

    python -m benchmarks.validation [RUNS]

Times are of ``Validator.validate`` alone, on quads that are parsed already; the first run of the
process counts too.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import chain

from benchmarks.generator import corpus, write_quads
from kg.rdf.formats import N_QUADS
from kg.rdf.parsing import parse
from kg.rdf.terms import Quad
from kg.settings import Settings
from kg.sources import VOCABULARY, Sources
from kg.validation.engine import Validator

_RUNS = 7
_OTHERS = 30


def main() -> None:
    """Print a row for each case: triples checked and known, median and worst seconds, outcome."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else _RUNS
    sources = Sources.read(Settings())
    start = time.perf_counter()
    validator = Validator(shapes=sources.shapes, ontology=sources.ontology)
    print(f"shapes prepared in {time.perf_counter() - start:.3f} s")
    print(f"{'checked':30}{'triples':>8}{'known':>8}{'median s':>10}{'worst s':>9}  outcome")
    for name, data, context in _cases(sources):
        taken = []
        for _ in range(runs):
            start = time.perf_counter()
            report = validator.validate(data, context=context)
            taken.append(time.perf_counter() - start)
        sizes = f"{len(data):8}{len(context):8}"
        times = f"{statistics.median(taken):10.3f}{max(taken):9.3f}"
        print(f"{name:30}{sizes}{times}  {report.summary}")


def _cases(sources: Sources) -> Iterator[tuple[str, Sequence[Quad], Sequence[Quad]]]:
    """What is checked, and what else is known: for a graph alone, all the others."""
    everything = tuple(sources.data())
    yield "everything", everything, ()
    graphs = {name: quads for name, quads in sources.graphs.items() if name not in VOCABULARY}
    for name, quads in graphs.items():
        others = (each for other, each in graphs.items() if other != name)
        yield name, quads, tuple(chain.from_iterable(others))
    made = parse("".join(write_quads(corpus(articles=_OTHERS))).encode(), N_QUADS)
    last = made[-1].graph_name
    one = [quad for quad in made if quad.graph_name == last]
    rest = [quad for quad in made if quad.graph_name != last]
    yield f"one of {_OTHERS} made-up articles", one, (*rest, *everything)


if __name__ == "__main__":
    main()
