"""The rules of what stands inside blocks: buttons, menus, inputs."""

from __future__ import annotations

from collections.abc import Callable

from liteagent.testing.slack.blocks.problems import Spot

Rule = Callable[[Spot], None]

ANY_TEXT = ("plain_text", "mrkdwn")
_BUTTON = (
    "type",
    "text",
    "action_id",
    "url",
    "value",
    "style",
    "confirm",
    "accessibility_label",
    "agent_prompt",
)
_STYLES = ("primary", "danger")


def check_confirm(element: Spot) -> None:
    """The dialog that asks once more."""
    if not element.has("confirm"):
        return
    confirm = element.at("confirm")
    confirm.only(("title", "text", "confirm", "deny", "style"))
    confirm.need("title", "text", "confirm", "deny")
    confirm.text("title", 100)
    confirm.text("text", 300, ANY_TEXT)
    confirm.text("confirm", 30)
    confirm.text("deny", 30)
    confirm.choice("style", _STYLES)


def _action(element: Spot) -> None:
    element.string("action_id", 255)
    element.text("placeholder", 150)
    check_confirm(element)


def _button(button: Spot) -> None:
    button.only(_BUTTON)
    button.need("text")
    button.text("text", 75)
    button.string("value", 2_000, 0)
    button.string("url", 3_000)
    button.string("accessibility_label", 75)
    button.string("agent_prompt", 4_000)
    button.choice("style", _STYLES)
    _action(button)


def _option(option: Spot, kinds: tuple[str, ...]) -> None:
    option.only(("text", "value", "description", "url"))
    option.need("text", "value")
    option.text("text", 75, kinds)
    option.string("value", 150, 0)
    option.text("description", 75, kinds)


def _options(element: Spot, most: int, least: int = 1, kinds: tuple[str, ...] = ANY_TEXT) -> None:
    for option in element.array("options", most, least):
        _option(option, kinds)


def _menu(menu: Spot) -> None:
    _action(menu)
    if menu.has("options") and menu.has("option_groups"):
        menu.bad("options and option_groups cannot both be given")
    if not menu.has("option_groups"):
        _options(menu, 100, kinds=("plain_text",))
        return
    for group in menu.array("option_groups", 100):
        group.need("label")
        group.text("label", 75)
        _options(group, 100, kinds=("plain_text",))


def _few_options(element: Spot) -> None:
    _action(element)
    _options(element, 10)


def _overflow(element: Spot) -> None:
    _action(element)
    _options(element, 5, kinds=("plain_text",))


def _text_input(element: Spot) -> None:
    _action(element)
    element.string("initial_value", 3_000, 0)
    for key, least in (("min_length", 0), ("max_length", 1)):
        value = element.at(key).value
        if value is not None and (not isinstance(value, int) or not least <= value <= 3_000):
            element.at(key).bad(f"must be a number from {least} to 3000")


def _number_input(element: Spot) -> None:
    _action(element)
    element.need("is_decimal_allowed")


def _image(element: Spot) -> None:
    element.need("alt_text")
    element.string("alt_text", 2_000)
    element.string("image_url", 3_000)
    if not element.has("image_url") and not element.has("slack_file"):
        element.bad("missing required field: image_url")


def _feedback(element: Spot) -> None:
    element.only(("type", "action_id", "positive_button", "negative_button"))
    element.string("action_id", 255)
    element.need("positive_button", "negative_button")
    for key in ("positive_button", "negative_button"):
        if element.has(key):
            button = element.at(key)
            button.only(("text", "value", "accessibility_label"))
            button.need("text", "value")
            button.text("text", 75)
            button.string("value", 2_000)
            button.string("accessibility_label", 75)


def _icon(element: Spot) -> None:
    element.need("icon", "text")
    element.text("text", 75)
    element.string("value", 2_000)
    _action(element)


def _plain(element: Spot) -> None:
    element.only(("type", "text", "emoji", "verbatim"))
    element.need("text")
    element.string("text", 3_000)


_SELECTS = ("static", "external", "users", "conversations", "channels")
_MENUS = tuple(f"{kind}_select" for kind in _SELECTS)
_MULTI_MENUS = tuple(f"multi_{kind}" for kind in _MENUS)
_PICKERS = ("datepicker", "timepicker", "datetimepicker")

RULES: dict[str, Rule] = {
    **dict.fromkeys((*_MENUS, *_MULTI_MENUS, *_PICKERS), _action),
    **dict.fromkeys(("static_select", "multi_static_select"), _menu),
    **dict.fromkeys(("checkboxes", "radio_buttons"), _few_options),
    **dict.fromkeys(("email_text_input", "url_text_input"), _action),
    **dict.fromkeys(("rich_text_input", "file_input", "workflow_button"), _action),
    **dict.fromkeys(("plain_text", "mrkdwn"), _plain),
    "button": _button,
    "feedback_buttons": _feedback,
    "icon_button": _icon,
    "image": _image,
    "number_input": _number_input,
    "overflow": _overflow,
    "plain_text_input": _text_input,
}

IN_ACTIONS = (
    *("button", "checkboxes", "overflow", "radio_buttons", "workflow_button"),
    *(*_PICKERS, *_MENUS, *_MULTI_MENUS),
)
IN_SECTION = (*IN_ACTIONS, "image")
IN_CONTEXT = ("image", "plain_text", "mrkdwn")
IN_CONTEXT_ACTIONS = ("feedback_buttons", "icon_button")
IN_INPUT = (
    *("plain_text_input", "number_input", "email_text_input", "url_text_input"),
    *("checkboxes", "radio_buttons", "rich_text_input", "file_input"),
    *(*_PICKERS, *_MENUS, *_MULTI_MENUS),
)


def check_element(element: Spot, allowed: tuple[str, ...]) -> None:
    """An element in a block that takes the `allowed` kinds."""
    if element.kind not in allowed:
        element.bad(f"unsupported type: {element.kind}")
        return
    RULES[element.kind](element)
