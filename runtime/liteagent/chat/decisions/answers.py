"""What was entered into a form, as a ballot."""

from __future__ import annotations

from collections.abc import Mapping

from liteagent.approvals import Ballot, Verb
from liteagent.chat.cards.forms import CONTENT, REASON, read_answers
from liteagent.events import Json
from liteagent.tools import Tool, ToolArgumentsError


def read_ballot(
    verb: Verb, args: Mapping[str, Json], answers: Mapping[str, str], tool: Tool | None
) -> tuple[Ballot, dict[str, str]]:
    """The decision, and what is wrong with the answers by field. `args` are the arguments that the
    form showed; an edit that changes none of them is plain consent.
    """
    if verb is Verb.REJECT:
        return Ballot(verb=verb, reason=answers.get(REASON, "").strip()), {}
    if verb is Verb.RESPOND:
        content = answers.get(CONTENT, "").strip()
        return Ballot(verb=verb, content=content), {} if content else {CONTENT: "must not be empty"}
    schema = None if tool is None else tool.parameters
    new, errors = read_answers(schema, args, answers)
    if not errors and tool is not None:
        new, errors = _bound(tool, new, answers)
    return Ballot(verb=Verb.APPROVE) if new == args else Ballot(verb=verb, args=new), errors


def _bound(
    tool: Tool, args: dict[str, Json], answers: Mapping[str, str]
) -> tuple[dict[str, Json], dict[str, str]]:
    """The arguments as the tool will get them: its own types may ask for more than its schema."""
    try:
        return tool.bind(args), {}
    except ToolArgumentsError as error:
        wrong: dict[str, str] = {}
        for problem in error.problems:
            name, _, clause = problem.removeprefix("`").partition("`: ")
            known = name in answers
            wrong.setdefault(
                name if known else next(iter(answers), name), clause if known else problem
            )
        return args, wrong
