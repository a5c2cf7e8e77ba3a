"""What ``make coverage`` does after the tests: put all data together, report, judge."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from coverage import Coverage, CoverageData

from tests.measured.sitecustomize import FOLDER, HEAD

_PLACE = FOLDER.parent
_AT_LEAST = {"statements": 95, "branches": 90}  # per cent


def main() -> None:
    """Print the uncovered lines, write HTML, and fail where too few were executed."""
    _gather()
    coverage = Coverage()
    coverage.combine()
    coverage.save()
    coverage.html_report()
    coverage.report(show_missing=True, skip_covered=True)
    coverage.json_report(outfile=str(_PLACE / "report.json"))
    totals = json.loads((_PLACE / "report.json").read_text(encoding="utf-8"))["totals"]
    reached = {kind: totals[f"percent_{kind}_covered"] for kind in _AT_LEAST}
    for kind, least in _AT_LEAST.items():
        verdict = "too few" if reached[kind] < least else "enough"
        print(f"{kind}: {reached[kind]:.2f} % covered, {least} % wanted: {verdict}")
    sys.exit(any(reached[kind] < least for kind, least in _AT_LEAST.items()))


def _gather() -> None:
    """Turn what sandboxed processes left into a data file like those of all others."""
    whole = CoverageData(basename=str(_PLACE / "data"), suffix="children")
    for file in sorted(FOLDER.glob("*")):
        document = _left_in(file)
        if document:
            part = CoverageData(no_disk=True)
            part.loads(document)
            whole.update(part)
            part.close(force=True)
        file.unlink()
    whole.write()


def _left_in(file: Path) -> bytes:
    """The newest data that a process left; empty where it was ended before there was any."""
    with file.open("rb") as stream:
        head = stream.read(HEAD.size)
        if len(head) < HEAD.size:  # it was killed as it began
            return b""
        begin, length = HEAD.unpack(head)
        stream.seek(begin)
        return stream.read(length)


main()
