"""The environment variables that a tool declared, and nothing else of the environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


class MissingSecretError(KeyError):
    """A tool asked for a variable that it did not declare, or that is not set."""

    def __str__(self) -> str:
        return str(self.args[0])


class Secrets(Mapping[str, str]):
    """A read-only mapping from variable names to values; its `repr` shows the names only."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = dict(values or {})

    @classmethod
    def read(cls, names: Iterable[str], environ: Mapping[str, str]) -> Secrets:
        """Those of `names` that are set in `environ`."""
        return cls({name: environ[name] for name in names if name in environ})

    def redact(self, text: str) -> str:
        """`text` with every value replaced by its name."""
        for name, value in self._values.items():
            if value:
                text = text.replace(value, f"<{name}>")
        return text

    def __getitem__(self, name: str) -> str:
        try:
            return self._values[name]
        except KeyError:
            raise MissingSecretError(
                f"No secret {name!r}: declare it with @liteagent.tool(secrets=[{name!r}])"
                " and set the environment variable."
            ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Secrets({', '.join(f'{name}=***' for name in self._values)})"
