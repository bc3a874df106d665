"""Parts of the translations that one conversation with a stand-in does not reach."""

import asyncio

import pytest

from liteagent.messages import ChatMessage, ModelRequest, ToolCall, Usage
from liteagent.models.tool_calls import arguments_object
from liteagent.models.tool_names import ToolNames, fitted_call_id
from liteagent.testing.answers import Answer
from liteagent.testing.openai_server import OpenAIServer
from liteagent.testing.provider_suite import DEADLINE, user, whole
from liteagent_anthropic import AnthropicProvider
from liteagent_anthropic.conversation import OPENING, turns
from liteagent_openai import OpenAIProvider

NAMES = ToolNames(["weather"])


def of(role: str, content: str, *calls: ToolCall, answers: str = "") -> ChatMessage:
    return ChatMessage(role=role, content=content, tool_calls=calls, tool_call_id=answers)  # type: ignore[arg-type]


def texts(turn: dict[str, list[dict[str, str]]]) -> list[str]:
    return [block.get("text") or block["content"] for block in turn["content"]]


def test_anthropic_hears_the_answers_to_its_calls_before_what_else_the_user_says():
    called = of("assistant", "", ToolCall(id="c1", name="weather", arguments="{}"))
    made = turns(
        [of("user", "hi"), called, of("user", "and?"), of("tool", "1 C", answers="c1")], NAMES
    )
    assert [turn["role"] for turn in made] == ["user", "assistant", "user"]
    assert texts(made[-1]) == ["1 C", "and?"]


@pytest.mark.parametrize("messages", [[], [of("system", "Be kind.")], [of("user", " ")]])
def test_anthropic_is_given_a_user_where_there_is_none(messages: list[ChatMessage]):
    (turn,) = turns(messages, NAMES)
    assert (turn["role"], texts(turn)) == ("user", [OPENING])


def test_an_answer_to_be_continued_by_anthropic_does_not_end_with_a_space():
    assert texts(turns([of("user", "hi"), of("assistant", "Well, \n")], NAMES)[-1]) == ["Well,"]


@pytest.mark.parametrize("broken", ['{"a": ', "[1]", "7", '"x"'])
def test_arguments_that_are_no_object_are_wrapped_and_not_lost(broken: str):
    assert arguments_object(broken) == {"invalid_json": broken}


def test_different_names_stay_different_when_they_are_made_to_fit():
    names = ["a.b", "a/b", "a_b", "x" * 70, "x" * 71, "", "naïve"]
    known = ToolNames(names)
    sent = [known.outward(name) for name in names]
    assert len(set(sent)) == len(names)
    assert sent[2] == "a_b"
    assert [known.inward(name) for name in sent] == names
    assert known.inward("never told") == "never told"


def test_an_id_that_another_provider_made_is_made_to_fit():
    assert fitted_call_id("call_abc-1") == "call_abc-1"
    assert len(fitted_call_id("functions.weather:0" * 9)) == 40


@pytest.mark.parametrize("api", ["chat", "responses", "messages"])
async def test_cached_input_is_part_of_the_input_and_told_apart(api: str):
    usage = Usage(input_tokens=100, output_tokens=5, cached_tokens=80)
    async with OpenAIServer({"hello": Answer(pieces=("Hi",), usage=usage)}) as server:
        if api == "messages":
            provider = AnthropicProvider(base_url=server.url, api_key="k")
        else:
            provider = OpenAIProvider(base_url=f"{server.url}/v1", api_key="k")
        request = ModelRequest(model="m", messages=(user("hello"),), settings={"api": api})
        assert (await whole(provider, request)).usage == usage
        await provider.close()


async def test_a_call_cancelled_before_the_sdk_is_there_leaves_the_provider_usable():
    async with OpenAIServer({"hello": "Hi"}) as server:
        provider = OpenAIProvider(base_url=f"{server.url}/v1", api_key="k")
        request = ModelRequest(model="m", messages=(user("hello"),))
        first = asyncio.create_task(whole(provider, request))
        await asyncio.sleep(0)
        first.cancel()
        async with asyncio.timeout(DEADLINE):
            await asyncio.wait((first,))
            assert first.cancelled()
            assert (await whole(provider, request)).text == "Hi"
        await provider.close()
