"""Limits of buttons, selects and the parts that Components V2 add."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from types import MappingProxyType

from liteagent.testing.discord.checks.forms import (
    Path,
    Problem,
    number_of,
    one_of,
    required,
    text,
)
from liteagent.testing.discord.errors import Json
from liteagent.testing.discord.messages import walk

ROW, BUTTON, SELECT, INPUT, LABEL = 1, 2, 3, 4, 18
SECTION, TEXT_DISPLAY, CONTAINER = 9, 10, 17
SELECTS = (3, 5, 6, 7, 8)
V2_TOP = (ROW, SECTION, TEXT_DISPLAY, 12, 13, 14, CONTAINER)
LINK, PREMIUM = 5, 6

Check = Callable[[Json, Path], Iterator[Problem]]


def component_problems(components: list[Json], *, v2: bool) -> Iterator[Problem]:
    """What is wrong with the components of a message."""
    at: Path = ("components",)
    if not v2:
        yield from number_of(components, at, most=5)
    for place, part in enumerate(components):
        here = (*at, place)
        yield from one_of(part.get("type"), (*here, "type"), V2_TOP if v2 else (ROW,))
        yield from _inside(part, here)
    yield from unique(components, at)
    if v2:
        yield from _v2_totals(components, at)


def _inside(part: Json, at: Path) -> Iterator[Problem]:
    check = CHECKS.get(part.get("type", 0))
    if check is not None:
        yield from check(part, at)
    for place, inner in enumerate(part.get("components") or ()):
        yield from _inside(inner, (*at, "components", place))
    if isinstance(part.get("accessory"), dict):
        yield from _inside(part["accessory"], (*at, "accessory"))


def _row(row: Json, at: Path) -> Iterator[Problem]:
    inner: list[Json] = row.get("components") or []
    yield from number_of(inner, (*at, "components"), least=1, most=5)
    if len(inner) > 1 and any(part.get("type") in SELECTS for part in inner):
        yield Problem(
            (*at, "components"),
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
            "Width of components exceeds maximum",
        )


def _button(button: Json, at: Path) -> Iterator[Problem]:
    yield from text(button.get("label"), (*at, "label"), most=80)
    style = button.get("style")
    yield from one_of(style, (*at, "style"), range(1, 7))
    if style == LINK:
        yield from text(button.get("url"), (*at, "url"), least=1, most=512)
        if button.get("custom_id") is not None:
            yield Problem(
                (*at, "custom_id"),
                "COMPONENT_CUSTOM_ID_AND_URL",
                "A button cannot have both a custom id and a URL",
            )
    elif style != PREMIUM:
        yield from custom_id(button, at)
        if not button.get("label") and not button.get("emoji"):
            yield required((*at, "label"))


def select_problems(select: Json, at: Path) -> Iterator[Problem]:
    """What is wrong with a select."""
    yield from custom_id(select, at)
    yield from text(select.get("placeholder"), (*at, "placeholder"), most=150)
    if select.get("type") != SELECT:
        return
    options: list[Json] = select.get("options") or []
    yield from number_of(options, (*at, "options"), least=1, most=25)
    for place, option in enumerate(options):
        here = (*at, "options", place)
        yield from text(option.get("label"), (*here, "label"), least=1, most=100)
        yield from text(option.get("value"), (*here, "value"), least=1, most=100)
        yield from text(option.get("description"), (*here, "description"), most=100)
    values = Counter(option.get("value") for option in options)
    if any(number > 1 for number in values.values()):
        yield Problem(
            (*at, "options"),
            "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
            "The specified option value is already used",
        )


def _section(section: Json, at: Path) -> Iterator[Problem]:
    yield from number_of(section.get("components"), (*at, "components"), least=1, most=3)
    if not isinstance(section.get("accessory"), dict):
        yield required((*at, "accessory"))


def _text_display(part: Json, at: Path) -> Iterator[Problem]:
    yield from text(part.get("content"), (*at, "content"), least=1, most=4000)


CHECKS: MappingProxyType[int, Check] = MappingProxyType(
    {ROW: _row, BUTTON: _button, SECTION: _section, TEXT_DISPLAY: _text_display}
    | dict.fromkeys(SELECTS, select_problems)
)


def custom_id(part: Json, at: Path) -> Iterator[Problem]:
    """The custom id that every interactive component needs."""
    yield from text(part.get("custom_id"), (*at, "custom_id"), least=1, most=100)


def unique(components: list[Json], at: Path) -> Iterator[Problem]:
    """Custom ids that are there more than once."""
    ids = Counter(part["custom_id"] for part in walk(components) if part.get("custom_id"))
    for repeated in (one for one, number in ids.items() if number > 1):
        yield Problem(
            at,
            "COMPONENT_CUSTOM_ID_DUPLICATED",
            f"Component custom id cannot be duplicated: {repeated}",
        )


def _v2_totals(components: list[Json], at: Path) -> Iterator[Problem]:
    parts = list(walk(components))
    if len(parts) > 40:
        yield Problem(at, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "At most 40 components")
    shown = (part.get("content") or "" for part in parts if part.get("type") == TEXT_DISPLAY)
    if sum(map(len, shown)) > 4000:
        yield Problem(
            at, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "Text exceeds maximum size of 4000"
        )
