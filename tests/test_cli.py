"""What the commands share: quick help, one line per error, exit codes, settings."""

from __future__ import annotations

import io
import re
import resource
from dataclasses import fields
from pathlib import Path

import click
import pytest

from kg import __version__, errors
from kg.cli.exits import Exit, exit_code
from kg.cli.main import COMMANDS, commands, main
from kg.cli.query import _cell
from kg.cli.terminal import print_rows, printable, progress_bar, write_output
from kg.rdf.namespaces import PREFIXES
from kg.settings import Settings, variable
from tests.commands import run_kg

SLOW = ("pyshacl", "rdflib", "flask", "gunicorn", "rich", "pyoxigraph")


def command(name: str) -> click.Command:
    """The command of this name."""
    found = commands.get_command(click.Context(commands), name)
    assert found is not None
    return found


def test_help_needs_no_slow_library() -> None:
    """So ``kg --help`` answers within half a second: here, of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run_kg("--help", environ={"PYTHONPROFILEIMPORTTIME": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0
    imported = set(re.findall(r"\| +(\w+)$", done.stderr, re.MULTILINE))
    assert imported.isdisjoint(SLOW)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


def test_no_command_means_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == Exit.OK
    assert "Exit codes:" in capsys.readouterr().out


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == Exit.OK
    assert __version__ in capsys.readouterr().out


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_does_with_an_example(name: str) -> None:
    assert COMMANDS[name].endswith(".")
    assert re.search(rf"^\s+kg {name}\b", command(name).help or "", re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_that_is_a_setting_names_its_variable(name: str) -> None:
    known = {setting.name for setting in fields(Settings)}
    for option in command(name).params:
        if isinstance(option, click.Option) and option.name in known:
            assert variable(option.name) in (option.help or "")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.NotFound("x"), Exit.NO),
        (errors.RdfSyntaxError("x"), Exit.USAGE),
        (errors.EmptyGraph("x"), Exit.USAGE),
        (errors.StoreFull("x"), Exit.CANNOT),
        (errors.QueryTimeout("x"), Exit.CANNOT),
        (errors.SettingsError("x"), Exit.CANNOT),
        (errors.Refused("x"), Exit.CANNOT),
    ],
)
def test_the_exit_code_tells_the_kind_of_error(error: errors.KgError, code: Exit) -> None:
    assert exit_code(error) is code


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["biuld"], "No such command 'biuld'"),
        (["build", "--jobs", "2"], "No such option"),
        (["build", "--workers", "0"], "not in the range"),
        (["serve", "--workers", "0"], "expected a whole number from 1"),
        (["serve", "--workers", "two"], "'two': expected a whole number from 1"),
        (["query"], "Missing argument 'QUERY'"),
        (["verify"], "Missing option '--text'"),
        (["validate", "no-such-file.ttl"], "does not exist"),
        (["query", "ASK {}", "--timeout", "0"], "not in the range"),
        (["export", "--format", "yaml"], "Known here: turtle"),
    ],
)
def test_a_mistyped_command_line_is_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == Exit.USAGE
    written = capsys.readouterr()
    assert written.out == ""
    assert len(written.err.splitlines()) == 1
    assert written.err.startswith("kg: ")
    assert message in written.err


def test_a_misspelled_variable_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KG_STROE", "/srv/kg")
    assert main([]) == Exit.OK
    assert capsys.readouterr().err == "kg: warning: KG_STROE names no setting; is it misspelled?\n"


def test_a_variable_that_cannot_be_read_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KG_WORKERS", "many")
    assert main(["build"]) == Exit.CANNOT
    assert capsys.readouterr().err.startswith("kg: KG_WORKERS='many': ")


def test_an_option_wins_over_its_variable(
    monkeypatch: pytest.MonkeyPatch, built_store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the variable over the default."""
    monkeypatch.setenv("KG_STORE", str(built_store))
    assert main(["export", "--graph", "entities"]) == Exit.OK
    assert main(["export", "--graph", "entities", "--store", "memory:"]) == Exit.NO
    assert "It has: none" in capsys.readouterr().err


def test_an_interruption_has_an_exit_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    class Terminal:
        read = staticmethod(interrupted)

    monkeypatch.setattr("sys.stdin", Terminal())
    assert main(["query", "-", "--store", settings.store]) == Exit.INTERRUPTED


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        """A person is there."""
        return True


def test_rows_are_a_table_on_a_terminal_and_tabs_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [("putin", "1"), ("a\x1b", "2")]
    print_rows(("name", "number"), rows)
    assert capsys.readouterr().out == "putin\t1\na\\x1b\t2\n"
    terminal = _Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    print_rows(("name", "number"), rows)
    assert all(word in terminal.getvalue() for word in ("name", "│", "putin", "a\\x1b"))
    print_rows(("name", "number"), rows * 3, most=2)
    assert terminal.getvalue().endswith(
        f"and {3 * len(rows) - 2} more; in a pipe all are printed.\n"
    )


@pytest.mark.parametrize(
    ("stream", "shown", "seen"),
    [(_Terminal(), True, True), (_Terminal(), False, False), (io.StringIO(), True, False)],
    ids=["terminal", "quiet", "pipe"],
)
def test_progress_is_for_people_who_want_to_see_it(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, *, shown: bool, seen: bool
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", stream)
    with progress_bar(shown=shown) as progress:
        for done in (1, 2):
            progress("Reading", done=done, total=2)
    assert ("Reading" in stream.getvalue()) is seen


@pytest.mark.parametrize(
    ("term", "shown"),
    [
        (None, ""),
        ({"type": "uri", "value": f"{PREFIXES['id']}putin"}, "id:putin"),
        ({"type": "literal", "value": "海", "xml:lang": "ja"}, "海 @ja"),
        ({"type": "literal", "value": "1"}, "1"),
    ],
)
def test_a_cell_shows_a_term_in_short(term: dict[str, str] | None, shown: str) -> None:
    assert _cell(term) == shown


def test_control_characters_do_not_reach_the_terminal() -> None:
    """A label could otherwise move the cursor, change colours or write the window's title."""
    assert printable("a\x1b]0;owned\x07b\x9bc\n海\u202e") == (
        "a\\x1b]0;owned\\x07b\\x9bc\n海\\u202e"
    )


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.nq"
    write_output(b"old", str(path))
    write_output(b"new", str(path))
    assert path.read_bytes() == b"new"
    with pytest.raises(OSError, match="such file"):
        write_output(b"x", str(tmp_path / "missing" / "out.nq"))
    assert [each.name for each in tmp_path.iterdir()] == ["out.nq"]
