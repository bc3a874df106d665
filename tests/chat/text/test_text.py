"""Long texts as messages: nothing is lost, and nothing is broken that has to be seen whole."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liteagent.chat.text import join, split, tables_as_code

LIMIT = 120

words = st.text(st.sampled_from("abcdefghij äöé漢😀"), min_size=1, max_size=30)
prose = st.lists(words, min_size=1, max_size=30).map(" ".join)
lines = st.lists(words, max_size=12).map("\n".join)
fences = st.tuples(
    st.sampled_from(["```", "````", "~~~"]), st.sampled_from(["", "py", "sql"]), lines
)
cells = st.text(st.sampled_from("abc dé"), max_size=8)
rows = st.lists(st.tuples(cells, cells), min_size=1, max_size=9)


def _fenced(drawn: tuple[str, str, str]) -> str:
    marker, info, code = drawn
    return f"{marker}{info}\n{code}\n{marker}"


def _table(drawn: list[tuple[str, str]]) -> str:
    body = [f"| {left} | {right} |" for left, right in drawn]
    return "\n".join(["| name | value |", "|---|---|", *body])


blocks = st.one_of(prose, fences.map(_fenced), rows.map(_table))
markdown = st.lists(blocks, max_size=6).map("\n\n".join)


@given(st.one_of(markdown, st.text(), st.text(st.sampled_from("a `~|-\n"))))
def test_every_message_is_within_the_limit_and_says_something(text: str) -> None:
    for part in split(text, LIMIT):
        assert len(part) <= LIMIT
        assert part.strip()


@given(markdown)
def test_messages_put_together_are_the_text(text: str) -> None:
    assert _words(join(split(text, LIMIT))) == _words(text)


@given(st.lists(words.filter(str.strip), min_size=1, max_size=60).map("\n".join))
def test_text_without_long_lines_comes_back_to_the_letter(text: str) -> None:
    assert join(split(text, LIMIT)) == text


@given(st.text())
def test_whatever_is_written_nothing_but_white_space_and_marks_is_added_or_lost(text: str) -> None:
    assert _letters("".join(split(text, LIMIT))) == _letters(text)


@given(markdown)
def test_every_fence_is_closed_in_the_message_in_which_it_is_opened(text: str) -> None:
    for part in split(text, LIMIT):
        marker = None
        for line in part.split("\n"):
            found = re.match(r"(`{3,}|~{3,})", line)
            if found and marker is None:
                marker = found[1]
            elif marker is not None and line.rstrip() == marker:
                marker = None
        assert marker is None


@given(rows.map(_table))
def test_every_part_of_a_table_has_its_header_and_whole_rows(table: str) -> None:
    for part in split(table, LIMIT):
        first, dashes, *body = part.rstrip("\n").split("\n")
        assert (first, dashes) == ("| name | value |", "|---|---|")
        assert body
        assert all(line.startswith("| ") and line.endswith(" |") for line in body)


@given(prose)
def test_words_stay_whole(text: str) -> None:
    parts = split(text, LIMIT)
    assert [word for part in parts for word in part.split()] == text.split()


@given(markdown, st.integers(min_value=0, max_value=400))
def test_what_is_full_stays_as_it_is_while_the_text_grows(text: str, more: int) -> None:
    early = split(text, LIMIT)
    grown = split(text + "\n\n" + "more words " * more, LIMIT)
    full = early[:-1]
    assert grown[: len(full)] == full


def test_a_cut_goes_between_paragraphs_rather_than_through_one() -> None:
    first, second = "one two three. " * 4, "four five six. " * 5
    assert split(f"{first}\n\n{second}", LIMIT) == [f"{first}\n\n", second]


def test_a_cut_inside_code_closes_the_fence_and_opens_it_again_in_its_language() -> None:
    code = "\n".join(f"line {number}" for number in range(30))
    parts = split(f"```py\n{code}\n```", LIMIT)
    assert len(parts) > 1
    for part in parts:
        assert part.startswith("```py\nline ")
        assert part.endswith("\n```")
    assert join(parts) == f"```py\n{code}\n```"


def test_a_fence_that_fits_is_moved_whole_to_the_next_message() -> None:
    code = "```\n" + "x = 1\n" * 10 + "```"
    first = "word " * 14
    assert split(f"{first}\n{code}", LIMIT) == [f"{first}\n", code]


@pytest.mark.parametrize("kept", ["`a b c d e f`", "[a b c d](https://example.com/x)"])
def test_a_cut_does_not_go_through_code_or_a_link(kept: str) -> None:
    text = "w " * 53 + kept + " w" * 40
    assert any(kept in part for part in split(text, LIMIT))


def test_an_emoji_of_several_characters_is_not_parted() -> None:
    family = "\U0001f469\u200d\U0001f4bb"
    assert all(set(part) == set(family) for part in split(family * 100, LIMIT))
    assert all(len(part) % 3 == 0 for part in split(family * 100, 100))


def test_an_indented_fence_is_a_fence() -> None:
    text = "- step\n\n    ```sh\n" + "    make it so\n" * 20 + "    ```\n"
    first, *rest = split(text, LIMIT)
    assert first.endswith("```")
    assert all("```" in part for part in rest)


def test_a_table_is_drawn_with_its_columns_in_line() -> None:
    text = "Look:\n\n| name | n |\n|:--|--:|\n| a | 10 |\n| 漢字 | b\\|c |\n\nThat is all."
    assert tables_as_code(text) == (
        "Look:\n\n```\nname  n\n----  ----\na     10\n漢字  b\\|c\n```\n\nThat is all."
    )


def test_a_bar_in_prose_or_code_is_no_table() -> None:
    text = "a | b\n\n```\n| a | b |\n|---|---|\n```\n"
    assert tables_as_code(text) == text


def _words(text: str) -> list[str]:
    return re.sub(r"\s+", "", text).split()


def _letters(text: str) -> str:
    return "".join(char for char in text if not char.isspace() and char not in "`~|-")
