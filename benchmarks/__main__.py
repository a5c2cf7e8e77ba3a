"""All benchmarks one after the other, each a module that also runs alone: ``make bench``."""

from __future__ import annotations

import subprocess
import sys

MODULES = {
    "validation": (),
    "commits": (),
    "hubs": ("100",),
    "queries": ("500000",),
    "endpoints": (),
    "rest": (),
    "build": ("--articles", "500"),
}


def main() -> None:
    """Run every benchmark in a process of its own, so that none warms another one up."""
    for name, arguments in MODULES.items():
        print(f"\n== benchmarks.{name}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], check=True)


if __name__ == "__main__":
    main()
