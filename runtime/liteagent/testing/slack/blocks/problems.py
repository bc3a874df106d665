"""Collecting what is wrong, each with the place where it is wrong."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a JSON pointer; its text is as Slack's."""

    what: str
    pointer: str

    def __str__(self) -> str:
        return f"[ERROR] {self.what} [json-pointer:{self.pointer}]"


class Spot:
    """A value in what is checked, and where it stands."""

    def __init__(self, value: Any, pointer: str, problems: list[Problem]) -> None:
        self.value = value
        self.members = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
        self.items = cast("list[Any]", value) if isinstance(value, list) else []
        self.pointer = pointer
        self.problems = problems

    def bad(self, what: str) -> None:
        """It is wrong."""
        self.problems.append(Problem(what, self.pointer))

    def has(self, key: str) -> bool:
        return self.members.get(key) is not None

    def at(self, key: str | int) -> Spot:
        """What is in it under `key`."""
        inner = self.items[key] if isinstance(key, int) else self.members.get(key)
        return Spot(inner, f"{self.pointer}/{key}", self.problems)

    def each(self) -> list[Spot]:
        """The members of the array that it is."""
        return [self.at(index) for index in range(len(self.items))]

    @property
    def kind(self) -> str:
        """Its `type`."""
        return str(self.at("type").value)

    def need(self, *keys: str) -> bool:
        """Whether all of them are there."""
        missing = [key for key in keys if not self.has(key)]
        for key in missing:
            self.bad(f"missing required field: {key}")
        return not missing

    def only(self, keys: Collection[str]) -> None:
        """Nothing but these may be there."""
        for key in self.members:
            if key not in keys:
                self.bad(f"invalid additional property: {key}")

    def string(self, key: str, most: int, least: int = 1) -> None:
        """If it is there, it is a text of so many characters."""
        if self.has(key):
            spot = self.at(key)
            if not isinstance(spot.value, str):
                spot.bad("must be a string")
            else:
                spot.length(len(spot.value), most, least, "characters")

    def array(self, key: str, most: int, least: int = 1) -> list[Spot]:
        """Its members, of which there must be so many."""
        if not self.need(key):
            return []
        spot = self.at(key)
        if not isinstance(spot.value, list):
            spot.bad("must be an array")
            return []
        spot.length(len(spot.items), most, least, "items")
        return spot.each()

    def length(self, length: int, most: int, least: int, of: str) -> None:
        if length > most:
            self.bad(f"must be less than {most + 1} {of}")
        if length < least:
            self.bad(f"must be more than {least - 1} {of}")

    def choice(self, key: str, choices: Collection[str]) -> None:
        """If it is there, it is one of these."""
        if self.has(key) and self.at(key).value not in choices:
            self.at(key).bad(f"must be one of: {', '.join(sorted(choices))}")

    def text(self, key: str, most: int, kinds: Collection[str] = ("plain_text",)) -> None:
        """If it is there, it is a text object of one of these kinds."""
        if not self.has(key):
            return
        spot = self.at(key)
        if spot.kind not in kinds:
            spot.bad(f"must be a text object of type: {', '.join(kinds)}")
            return
        spot.only(("type", "text", "emoji", "verbatim"))
        if spot.need("text") or spot.at("text").value == "":
            spot.string("text", most)
