"""Fails unless the junit report given as argument tells of tests that ran and passed."""

import sys
from xml.etree import ElementTree

COLUMNS = ("tests", "failures", "errors", "skipped")
suites = ElementTree.parse(sys.argv[1]).getroot().iter("testsuite")
rows = [[int(suite.get(column, 0)) for column in COLUMNS] for suite in suites]
tests, failures, errors, skipped = (sum(column) for column in zip(*rows, strict=True))
passed, failed = tests - failures - errors - skipped, failures + errors
print(f"{passed} passed, {failed} failed, {skipped} skipped")
if failed or not passed:
    sys.exit("No test ran, or some failed.")
