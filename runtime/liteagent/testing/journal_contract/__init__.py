"""The parts of the journal's contract suite; `liteagent.testing.journal_suite` puts them together.

Failed assertions are shown with their values, as in a test file.
"""

import pytest

pytest.register_assert_rewrite(
    *(
        f"{__name__}.{part}"
        for part in (
            "concurrency",
            "heads",
            "ownership",
            "reading",
            "records",
            "snapshots",
            "values",
            "writing",
        )
    )
)
