"""What a provider complained of, made into the error that decides who is asked next."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from liteagent.messages import ModelRequest
from liteagent.models.contract import Fault, ModelError

_NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What a provider's SDK reported. `status` is None where no HTTP status belongs to it: the
    connection failed, or the error came inside a stream.
    """

    text: str
    status: int | None = None
    codes: tuple[str, ...] = ()
    """The provider's own words for the kind of error (`code`, `type`)."""
    headers: Mapping[str, str] = field(default_factory=lambda: _NO_HEADERS)
    timed_out: bool = False


_BY_CODE: Mapping[str, Fault] = {
    "context_length_exceeded": Fault.CONTEXT_TOO_LONG,
    "exceed_context_size_error": Fault.CONTEXT_TOO_LONG,
    "request_too_large": Fault.CONTEXT_TOO_LONG,
    "model_not_found": Fault.UNKNOWN_MODEL,
    "not_found_error": Fault.UNKNOWN_MODEL,
    "content_filter": Fault.REFUSED,
    "content_policy_violation": Fault.REFUSED,
    "bio_policy": Fault.REFUSED,
    "misalignment_policy_violation": Fault.REFUSED,
    "insufficient_quota": Fault.AUTH,
    "billing_error": Fault.AUTH,
    "invalid_api_key": Fault.AUTH,
    "authentication_error": Fault.AUTH,
    "permission_error": Fault.AUTH,
    "rate_limit_exceeded": Fault.RATE_LIMITED,
    "rate_limit_error": Fault.RATE_LIMITED,
    "timeout_error": Fault.TIMEOUT,
    "overloaded_error": Fault.TRANSIENT,
    "server_error": Fault.TRANSIENT,
    "api_error": Fault.TRANSIENT,
}
_WEAK_CODES: Mapping[str, Fault] = {
    "invalid_request_error": Fault.INVALID,
    "invalid_prompt": Fault.INVALID,
}
"""Said of many things: counts only where neither the status nor the text says more."""

_BY_STATUS: Mapping[int, Fault] = {
    401: Fault.AUTH,
    402: Fault.AUTH,
    403: Fault.AUTH,
    404: Fault.UNKNOWN_MODEL,
    408: Fault.TIMEOUT,
    409: Fault.TRANSIENT,
    413: Fault.CONTEXT_TOO_LONG,
    425: Fault.TRANSIENT,
    429: Fault.RATE_LIMITED,
    504: Fault.TIMEOUT,
}

_TOO_LONG = re.compile(
    r"context (length|window|size|limit)|maximum context|maximum (prompt|model) length"
    r"|(prompt|input) is too long|too many (input )?tokens|exceeds? the (available )?context"
    r"|exceeds the maximum number of (input )?tokens|reduce the length of the messages"
    r"|context the overflows|inputs` tokens \+",
    re.IGNORECASE,
)
"""OpenAI, Anthropic, Google, xAI, Groq, vLLM, SGLang, llama.cpp, LM Studio, Ollama, TGI."""
_TOO_LARGE = re.compile(r"^request too large", re.IGNORECASE)
"""OpenAI's word, under the code of a rate limit, for what no pause would let through."""
_REFUSED = re.compile(
    r"content (management|filtering)? ?policy|safety system|usage polic(y|ies)", re.IGNORECASE
)
_THOUGHTS = re.compile(r"thinking|thought|reasoning|signature|encrypted", re.IGNORECASE)
_UNPAID = re.compile(r"credit balance|exceeded your current quota", re.IGNORECASE)


def fault_of(complaint: Complaint) -> Fault:
    """Which fault a complaint is."""
    if complaint.timed_out:
        return Fault.TIMEOUT
    if _TOO_LARGE.search(complaint.text):
        return Fault.CONTEXT_TOO_LONG
    for code in complaint.codes:
        if code in _BY_CODE:
            return _settled(_BY_CODE[code], complaint)
    status = _status(complaint)
    if status is None or status < 400:
        weak = [_WEAK_CODES[code] for code in complaint.codes if code in _WEAK_CODES]
        return _by_text(complaint) or (weak[0] if weak else Fault.TRANSIENT)
    found = None
    if status == 429:
        # A limit on tokens a minute speaks of too many of them as well.
        found = Fault.AUTH if _UNPAID.search(complaint.text) else None
    elif status in (400, 422) or status >= 500:
        found = _by_text(complaint)
    if found is not None:
        return found
    default = Fault.TRANSIENT if status >= 500 else Fault.INVALID
    return _settled(_BY_STATUS.get(status, default), complaint)


def thoughts_refused(complaint: Complaint | None, request: ModelRequest) -> bool:
    """Whether a server seems to have rejected the request for the thoughts in its history."""
    if complaint is None or not any(message.opaque for message in request.messages):
        return False
    said = " ".join((complaint.text, *complaint.codes))
    return fault_of(complaint) is Fault.INVALID and _THOUGHTS.search(said) is not None


def _status(complaint: Complaint) -> int | None:
    """The HTTP status; in the middle of a stream some servers give it as the code."""
    numbers = [int(code) for code in complaint.codes if re.fullmatch(r"[45]\d\d", code)]
    return complaint.status if complaint.status or not numbers else numbers[0]


def _by_text(complaint: Complaint) -> Fault | None:
    for pattern, fault in (
        (_TOO_LONG, Fault.CONTEXT_TOO_LONG),
        (_REFUSED, Fault.REFUSED),
        (_UNPAID, Fault.AUTH),
    ):
        if pattern.search(complaint.text):
            return fault
    return None


def _settled(fault: Fault, complaint: Complaint) -> Fault:
    """A server that says that a retry would do harm (because tools ran, say) is believed."""
    forbidden = _lower(complaint.headers).get("x-should-retry", "").lower() == "false"
    return Fault.INVALID if forbidden and fault.retryable else fault


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait, from `retry-after-ms` or `retry-after` (seconds or a date); None if unsaid.

    A date is read against the server's own clock where it sent one, else against `now`.
    """
    known = _lower(headers)
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        with contextlib.suppress(KeyError, ValueError):
            wait = float(known[name]) / scale
            if math.isfinite(wait):
                return max(0.0, wait)
    until = _seconds(known.get("retry-after", ""))
    if until is None:
        return None
    sent = _seconds(known.get("date", ""))
    return max(0.0, until - (now if sent is None else sent))


def _seconds(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


_KEY_LIKE = re.compile(r"\b(?:sk|pk|rk)-[A-Za-z0-9_*-]{6,}|(?<=Bearer )\S+|(?<=://)[^/\s@]+@")
_LONGEST = 300


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` on one line, shortened, without the secrets and whatever looks like a key."""
    for secret in secrets:
        if secret.strip():
            text = text.replace(secret.strip(), "***")
    text = " ".join(_KEY_LIKE.sub("***", text).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_SENTENCES: Mapping[Fault, str] = {
    Fault.TRANSIENT: "{model} failed for the moment ({said}); trying again may help.",
    Fault.TIMEOUT: "{model} did not answer in time ({said}); trying again may help.",
    Fault.RATE_LIMITED: "{model} is over its rate limit ({said}); try again{later}.",
    Fault.AUTH: "{model} refused the key ({said}); check {key}.",
    Fault.UNKNOWN_MODEL: "{model} is not there ({said}); check the model's name and the base URL.",
    Fault.CONTEXT_TOO_LONG: "The conversation is too long for {model} ({said}); shorten it, or use"
    " a model with a larger context.",
    Fault.REFUSED: "{model} refused the content ({said}); rephrase it, or use another model.",
    Fault.INVALID: "{model} rejected the request ({said}); correct the agent's model settings.",
}
_RESPONSES_ONLY = (
    "{model} rejected the request ({said}); set `api: responses` in the agent's model_settings."
)


def model_error(
    complaint: Complaint, *, model: str, key: str, secrets: Iterable[str], now: float
) -> ModelError:
    """The error to raise. `model` is `provider/model`, `key` the variable that holds its key."""
    fault = fault_of(complaint)
    wait = retry_after(complaint.headers, now)
    status = "" if complaint.status is None else f"{complaint.status} "
    said = (status + redacted(complaint.text, secrets)).strip().rstrip(".")
    later = " later" if wait is None else f" in {wait:g} seconds"
    sentence = _SENTENCES[fault]
    if fault is Fault.INVALID and "/v1/responses" in complaint.text:
        sentence = _RESPONSES_ONLY
    message = sentence.format(model=model, said=said, key=key, later=later)
    return ModelError(message, fault=fault, model=model, retry_after=wait)
