"""What validation costs: seconds for the whole article, and for each of its graphs alone.

    python -m benchmarks.validation [RUNS]

Times are of ``Validator.validate`` alone, on quads that are parsed already; the first run of the
process counts too.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator, Sequence

from kg.settings import Settings
from kg.sources import Sources
from kg.terms import Quad
from kg.validation import Validator

_RUNS = 7


def main() -> None:
    """Print a row for each case: triples checked, median and worst seconds, and the outcome."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else _RUNS
    sources = Sources.read(Settings())
    start = time.perf_counter()
    validator = Validator(shapes=sources.shapes, ontology=sources.ontology)
    print(f"shapes prepared in {time.perf_counter() - start:.3f} s")
    print(f"{'checked':22}{'triples':>8}{'median s':>10}{'worst s':>9}  outcome")
    for name, data, context in _cases(sources):
        taken = []
        for _ in range(runs):
            start = time.perf_counter()
            report = validator.validate(data, context=context)
            taken.append(time.perf_counter() - start)
        times = f"{statistics.median(taken):10.3f}{max(taken):9.3f}"
        print(f"{name:22}{len(data):8}{times}  {report.summary}")


def _cases(sources: Sources) -> Iterator[tuple[str, Sequence[Quad], Sequence[Quad]]]:
    """What is checked, and what else is known: for a graph alone, all the other graphs."""
    yield "everything", tuple(sources.data()), ()
    names = [name for name in sources.graphs if name not in ("ontology", "shapes")]
    for name in names:
        others = (quad for other in names if other != name for quad in sources.graphs[other])
        yield name, sources.graphs[name], tuple(others)


if __name__ == "__main__":
    main()
