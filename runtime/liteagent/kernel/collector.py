"""Python's garbage collector in a process that serves for long."""

from __future__ import annotations

import gc

YOUNG_OBJECTS = 20_000
"""Between two collections of the young. The default (700, in Python 3.11) is reached twice in every
turn, and what is found is what the turns under way still need."""


def settle_collector() -> None:
    """Leave what was made at the start out of every later collection, and collect less often.

    For the entry points of processes of our own; a program that embeds the runtime decides itself.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
