"""What commands print is safe to look at and good to read, on a terminal and in a pipe."""

from __future__ import annotations

import io
import json

import pytest

from liteagent.cli.output import Printer, as_json, printable
from tests.cli.command_line import CommandLine

SPOOF = "pay 1\u202e000 €\u202c\x1b[2K\rpay 1 €\u2066"


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_what_could_change_or_reorder_a_line_is_spelled_out() -> None:
    shown = printable(SPOOF)
    assert shown == "pay 1\\u202e000 €\\u202c\\u001b[2K\\u000dpay 1 €\\u2066"
    assert printable("two\nlines\tand ümlauts 漢字") == "two\nlines\tand ümlauts 漢字"


def test_json_stays_json_when_its_unsafe_characters_are_spelled_out() -> None:
    value = {"text": SPOOF, "surrogate": "\udc80"}
    assert json.loads(as_json(value)) == value
    assert "\x1b" not in as_json(value)
    assert "€" in as_json(value)


def test_a_terminal_gets_model_text_that_cannot_command_it() -> None:
    screen = Screen()
    Printer(screen).line(SPOOF)
    Printer(screen).line(SPOOF, "bold")
    assert "\u202e" not in screen.getvalue()
    assert "\x1b[2K" not in screen.getvalue()


def test_a_pipe_gets_the_text_as_it_is_but_for_what_no_encoding_has() -> None:
    pipe = io.StringIO()
    Printer(pipe).line("a\r\nb\udc80", "red")
    assert pipe.getvalue() == "a\r\nb\ufffd\n"


def test_brackets_are_text_and_no_markup() -> None:
    screen = Screen()
    Printer(screen).line("[bold]x[/bold] :smile:", "dim")
    assert "[bold]x[/bold] :smile:" in screen.getvalue()


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured, plain = Screen(), Screen()
    Printer(coloured).line("x", "red")
    monkeypatch.setenv("NO_COLOR", "1")
    Printer(plain).line("x", "red")
    assert "\x1b[31m" in coloured.getvalue()
    assert plain.getvalue() == "x\n"


def test_a_table_in_a_pipe_has_a_line_for_each_row_and_cuts_nothing() -> None:
    pipe = io.StringIO()
    long = "word " * 60
    Printer(pipe).table(("name", "text"), [("a", "1"), ("much longer", f"{long}\nand more")])
    head, first, second = pipe.getvalue().splitlines()
    assert head.split() == ["name", "text"]
    assert first.split() == ["a", "1"]
    assert second == f"much longer  {long}and more"


def test_the_arguments_of_an_approval_cannot_hide_what_they_are(cli: CommandLine) -> None:
    cli.ask_for_approval("pay 1\u202e000")
    listed = cli("approvals", "list").out
    assert "pay 1\\u202e000" in listed
    assert "\u202e" not in listed
