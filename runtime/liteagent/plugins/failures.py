"""Why a plugin could not be imported, in one sentence, and the command that mends it."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from liteagent.plugins.candidate import Candidate
from liteagent.plugins.selection import canonical


def explain(candidate: Candidate, error: BaseException) -> tuple[str, str]:
    """`(cause, remedy)` of what the import of `candidate` raised."""
    disable = f"liteagent plugins disable {candidate.name}"
    if isinstance(error, ModuleNotFoundError) and error.name:
        return _missing(candidate, error.name)
    if isinstance(error, SystemExit):
        return f"It called sys.exit({error.code!r}) while it was imported{_where(error)}.", disable
    message = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {message}{_where(error)}.", disable


def _missing(candidate: Candidate, module: str) -> tuple[str, str]:
    top = module.partition(".")[0]
    if top == candidate.value.partition(":")[0].partition(".")[0]:
        return (
            f"Its entry point names the module {module}, which is not there.",
            f"pip install --force-reinstall {candidate.distribution}",
        )
    for extra in _extras_with(candidate.distribution, top):
        return (
            f"It needs the module {module}, which the extra {extra!r} brings.",
            f'pip install "{candidate.distribution}[{extra}]"',
        )
    return f"It needs the module {module}, which is not installed.", f"pip install {top}"


def _extras_with(distribution: str, module: str) -> Iterator[str]:
    """Extras of `distribution` that require a project named as `module`."""
    try:
        requirements = metadata.requires(distribution) or []
    except metadata.PackageNotFoundError:
        return
    for requirement in requirements:
        project = re.match(r"[\w.-]+", requirement)
        extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)['\"]", requirement)
        if project and extra and canonical(project[0]) == canonical(module):
            yield extra[1]


def _where(error: BaseException) -> str:
    """` (file.py:12)` for the line that raised, where there is one."""
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
