"""Kill any process at any moment: nothing is lost, nothing is silently done twice."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.chaos.cells import CELLS, Cell, Verdict, run_matrix


@pytest.fixture(scope="module")
def verdicts(request: pytest.FixtureRequest) -> Mapping[Cell, Verdict]:
    """Those of the cells that were asked for, two of which run at a time."""
    specs = [getattr(item, "callspec", None) for item in request.session.items]
    asked = [spec.params["cell"] for spec in specs if spec and "cell" in spec.params]
    return run_matrix([cell for cell in CELLS if cell in asked])


@pytest.mark.chaos
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_a_conversation_whose_process_is_killed_comes_to_its_end(
    cell: Cell, verdicts: Mapping[Cell, Verdict]
) -> None:
    assert verdicts[cell].faults == ()
