"""The HTTP errors that providers answer with, by fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from liteagent.models.contract import Fault
from liteagent.testing.answers import Answer


class Failure(NamedTuple):
    """A status, the code or type that goes with it, and a sentence."""

    status: int
    code: str
    message: str


def retry_headers(answer: Answer) -> Mapping[str, str]:
    """`retry-after` where the answer says it."""
    return {} if answer.retry_after is None else {"retry-after": f"{answer.retry_after:g}"}


OPENAI: Mapping[Fault, Failure] = {
    Fault.TRANSIENT: Failure(500, "server_error", "The server had an error."),
    Fault.TIMEOUT: Failure(408, "timeout", "Request timed out."),
    Fault.RATE_LIMITED: Failure(429, "rate_limit_exceeded", "Rate limit reached for requests."),
    Fault.AUTH: Failure(401, "invalid_api_key", "Incorrect API key provided: {key}."),
    Fault.UNKNOWN_MODEL: Failure(404, "model_not_found", "The model does not exist."),
    Fault.CONTEXT_TOO_LONG: Failure(
        400, "context_length_exceeded", "This model's maximum context length is 8192 tokens."
    ),
    Fault.REFUSED: Failure(400, "content_filter", "The content management policy was triggered."),
    Fault.INVALID: Failure(400, "invalid_request_error", "Unrecognized argument."),
}

ANTHROPIC: Mapping[Fault, Failure] = {
    Fault.TRANSIENT: Failure(529, "overloaded_error", "Overloaded."),
    Fault.TIMEOUT: Failure(504, "timeout_error", "The request timed out."),
    Fault.RATE_LIMITED: Failure(429, "rate_limit_error", "Too many tokens per minute."),
    Fault.AUTH: Failure(401, "authentication_error", "invalid x-api-key {key}"),
    Fault.UNKNOWN_MODEL: Failure(404, "not_found_error", "model: claude-none"),
    Fault.CONTEXT_TOO_LONG: Failure(
        400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"
    ),
    Fault.REFUSED: Failure(400, "invalid_request_error", "Blocked by content filtering policy."),
    Fault.INVALID: Failure(400, "invalid_request_error", "messages: field required"),
}

OLLAMA: Mapping[Fault, Failure] = {
    Fault.TRANSIENT: Failure(500, "", "llama runner process has terminated"),
    Fault.TIMEOUT: Failure(504, "", "timed out"),
    Fault.RATE_LIMITED: Failure(429, "", "too many requests"),
    Fault.AUTH: Failure(401, "", "unauthorized {key}"),
    Fault.UNKNOWN_MODEL: Failure(404, "", 'model "none" not found, try pulling it first'),
    Fault.CONTEXT_TOO_LONG: Failure(400, "", "the input exceeds the context length"),
    Fault.REFUSED: Failure(400, "", "blocked by the content policy"),
    Fault.INVALID: Failure(400, "", "invalid options: temperature"),
}
