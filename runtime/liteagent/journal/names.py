"""Which texts can be names in every store: entities, keys, owners, collections."""

from __future__ import annotations

from collections.abc import Sequence

from liteagent.errors import ValidationError


def require_names(names: Sequence[str]) -> None:
    """Raises `ValidationError` for a name with a NUL or a lone surrogate, which no store compares
    alike.
    """
    together = "".join(names)
    if "\0" not in together and together.isascii():
        return
    for name in names:
        if "\0" in name or not (name.isascii() or _is_unicode(name)):
            raise ValidationError(
                f"{name!r} cannot be a name in the journal: leave out NUL and lone surrogates."
            )


def _is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
