"""Settings come from the environment, and keep secrets to themselves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from liteagent.config import Settings, get_settings, load_settings
from liteagent.errors import ConfigurationError


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("LITEAGENT_") or name in (
            "OPENAI_API_KEY",
            "ANTHROPIC_API_KEY",
            "OLLAMA_HOST",
        ):
            monkeypatch.delenv(name)


def test_the_reference_defaults_hold_without_any_variable() -> None:
    settings = load_settings()

    assert settings.app_name == "LiteAgent"
    assert settings.redis_mode == "standalone"
    assert settings.max_iterations == 20
    assert settings.rate_limit_requests_per_minute == 60
    assert settings.cache_ttl_credentials == 86400
    assert settings.openai_api_key is None
    assert settings.ollama_base_url == "http://localhost:11434"


def test_every_field_is_set_by_its_prefixed_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITEAGENT_MAX_ITERATIONS", "7")
    monkeypatch.setenv("LITEAGENT_LOG_LEVEL", "WARNING")
    monkeypatch.setenv("LITEAGENT_CRASH_AT", "after_intent")

    settings = load_settings()

    assert (settings.max_iterations, settings.log_level) == (7, "warning")
    assert settings.crash_at == "after_intent"


def test_the_journal_lives_in_the_home_unless_it_is_put_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LITEAGENT_HOME", str(tmp_path))
    assert load_settings().journal_url == f"sqlite:///{tmp_path}/journal.db"

    monkeypatch.setenv("LITEAGENT_JOURNAL_URL", "memory://")
    assert load_settings().journal_url == "memory://"


def test_a_home_with_a_tilde_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITEAGENT_HOME", "~/la")
    assert load_settings().home == Path.home() / "la"


def test_provider_keys_are_read_under_their_usual_names_and_ours_wins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "usual")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "usual")
    monkeypatch.setenv("LITEAGENT_ANTHROPIC_API_KEY", "ours")

    settings = load_settings()

    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == "usual"
    assert settings.anthropic_api_key is not None
    assert settings.anthropic_api_key.get_secret_value() == "ours"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("gpu-box", "http://gpu-box:11434"),
        ("127.0.0.1:9999", "http://127.0.0.1:9999"),
        ("https://ollama.example/", "https://ollama.example"),
    ],
)
def test_ollamas_host_becomes_a_url(monkeypatch: pytest.MonkeyPatch, host: str, url: str) -> None:
    monkeypatch.setenv("OLLAMA_HOST", host)
    assert load_settings().ollama_base_url == url


@pytest.mark.parametrize("text", ["a, b", '["a", "b"]', "a,b,"])
def test_lists_take_commas_or_json(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("LITEAGENT_PLUGINS_ALLOW", text)
    assert load_settings().plugins_allow == ["a", "b"]


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "")
    assert load_settings().openai_api_key is None


def test_secrets_and_urls_with_passwords_stay_out_of_repr() -> None:
    settings = Settings(
        openai_api_key="s3cret",  # pyright: ignore[reportCallIssue]
        admin_key="s3cret",
        jwt_secret="s3cret",
        encryption_key="s3cret",
        api_key="s3cret",
        journal_url="postgresql://u:s3cret@db/la",
        redis_url="redis://:s3cret@cache",
        database_url="postgresql://u:s3cret@db/la",
    )
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in str(settings)


def test_a_wrong_value_is_one_sentence_that_names_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LITEAGENT_REDIS_MODE", "replicated")
    monkeypatch.setenv("LITEAGENT_MAX_ITERATIONS", "many")

    with pytest.raises(ConfigurationError) as caught:
        load_settings()

    assert str(caught.value) == (
        "LITEAGENT_REDIS_MODE should be 'standalone', 'sentinel' or 'cluster'; "
        "found 'replicated' (and 1 more)."
    )
    assert caught.value.field == "LITEAGENT_REDIS_MODE"
    assert [problem["field"] for problem in caught.value.problems] == [
        "LITEAGENT_REDIS_MODE",
        "LITEAGENT_MAX_ITERATIONS",
    ]


def test_a_list_that_is_no_json_says_how_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITEAGENT_PLUGINS_DENY", "[a")
    with pytest.raises(ConfigurationError, match="names with commas between them, or a JSON list"):
        load_settings()


def test_a_misspelt_field_is_refused() -> None:
    with pytest.raises(ValueError, match="jornal_url"):
        Settings(jornal_url="memory://")  # pyright: ignore[reportCallIssue]


def test_a_process_reads_its_settings_once() -> None:
    assert get_settings() is get_settings()
