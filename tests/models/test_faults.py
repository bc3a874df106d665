import pytest

from liteagent.models import Fault
from liteagent.models.faults import Complaint, fault_of, model_error, redacted, retry_after

NOW = 1_795_342_827.0
LATER = "Sun, 22 Nov 2026 10:21:27 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": LATER}, 60.0),
        ({"retry-after": LATER, "date": "Sun, 22 Nov 2026 10:21:00 GMT"}, 27.0),
        ({"retry-after": "Sun, 22 Nov 2015 10:00:00 GMT"}, 0.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
    ],
)
def test_the_pause_is_read_in_every_form_that_servers_write_it(
    headers: dict[str, str], seconds: float | None
):
    assert retry_after(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("complaint", "fault"),
    [
        (Complaint(text="", status=429, codes=("insufficient_quota",)), Fault.AUTH),
        (Complaint(text="Your credit balance is too low", status=400), Fault.AUTH),
        (Complaint(text="<html>Bad gateway</html>", status=502), Fault.TRANSIENT),
        (
            Complaint(text="This model's maximum context length is 8", status=400),
            Fault.CONTEXT_TOO_LONG,
        ),
        (
            Complaint(text="the request exceeds the available context size", status=500),
            Fault.CONTEXT_TOO_LONG,
        ),
        (Complaint(text="", codes=("overloaded_error",)), Fault.TRANSIENT),
        (Complaint(text="", codes=("invalid_request_error",)), Fault.INVALID),
        (Complaint(text="connection reset"), Fault.TRANSIENT),
        (Complaint(text="", timed_out=True), Fault.TIMEOUT),
        (Complaint(text="", status=418), Fault.INVALID),
        (Complaint(text="", codes=("429",)), Fault.RATE_LIMITED),
        (Complaint(text="", status=529), Fault.TRANSIENT),
        (Complaint(text="Too many tokens, please wait.", status=429), Fault.RATE_LIMITED),
        (
            Complaint(text="Request too large for gpt-4o", status=429, codes=("tokens",)),
            Fault.CONTEXT_TOO_LONG,
        ),
        (
            Complaint(
                text="Your prompt was flagged as potentially violating our usage policy",
                status=400,
                codes=("invalid_prompt", "invalid_request_error"),
            ),
            Fault.REFUSED,
        ),
    ],
)
def test_what_servers_say_in_their_many_ways_is_one_of_the_faults(
    complaint: Complaint, fault: Fault
):
    assert fault_of(complaint) is fault


@pytest.mark.parametrize(
    "text",
    [
        "input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "Your input exceeds the context window of this model.",
        "The decoder prompt (length 5000) is longer than the maximum model length of 4096.",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        "Please reduce the length of the messages or completion.",
        "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
        "Trying to keep the first 5000 tokens when context the overflows.",
        "`inputs` tokens + `max_new_tokens` must be <= 4096.",
        "Input is too long for requested model.",
    ],
)
def test_a_conversation_that_is_too_long_is_recognised_in_the_words_of_every_server(text: str):
    assert fault_of(Complaint(text=text, status=400)) is Fault.CONTEXT_TOO_LONG


def test_where_only_responses_will_do_the_error_names_the_setting():
    text = "Function tools are not supported in /v1/chat/completions. Use /v1/responses instead."
    error = model_error(
        Complaint(text=text, status=400), model="openai/m", key="K", secrets=(), now=NOW
    )
    assert "set `api: responses`" in str(error)


def test_a_server_that_forbids_another_try_is_obeyed():
    for status in (409, 429, 500, 503):
        assert fault_of(Complaint(text="", status=status)).retryable
        forbidden = Complaint(text="", status=status, headers={"X-Should-Retry": "false"})
        assert fault_of(forbidden) is Fault.INVALID


def test_an_error_holds_no_key_and_is_one_line_of_bearable_length():
    text = (
        "Incorrect key our-secret (also sk-abcdef123456)\nBearer xyz at http://u:p@h/v1 "
        + "x" * 999
    )
    shown = redacted(text, ["our-secret", " our-secret\n", ""])
    assert shown.startswith("Incorrect key *** (also ***) Bearer *** at http://***h/v1 xxx")
    assert len(shown) == 301


def test_an_error_is_a_sentence_that_says_what_to_do():
    error = model_error(
        Complaint(text="Rate limit reached.", status=429, headers={"retry-after": "7"}),
        model="openai/gpt-4o",
        key="OPENAI_API_KEY",
        secrets=(),
        now=NOW,
    )
    assert str(error) == (
        "openai/gpt-4o is over its rate limit (429 Rate limit reached); try again in 7 seconds."
    )
    assert error.details == {"fault": "rate_limited", "model": "openai/gpt-4o", "retry_after": 7.0}
