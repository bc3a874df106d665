"""Settings from environment variables: `LITEAGENT_<FIELD>`, and the names that everybody knows.

Secrets are `SecretStr`: printing or logging the settings shows `**********` in their place.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from liteagent.errors import ConfigurationError
from liteagent.misfits import objection, wanted

_PREFIX = "LITEAGENT_"


def _data_directory() -> Path:
    from platformdirs import user_data_path

    return user_data_path("liteagent", appauthor=False)


def _journal_in_home(settings: dict[str, Any]) -> str:
    return f"sqlite:///{settings['home']}/journal.db"


Names = Annotated[list[str], NoDecode]
"""In the environment: names with commas between them, or a JSON list."""


class Settings(BaseSettings):
    """How this process runs; every field may be set by its environment variable."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_ignore_empty=True, extra="forbid", validate_by_name=True
    )

    # Application
    app_name: str = "LiteAgent"
    debug: bool = False
    environment: str = "development"
    home: Path = Field(default_factory=_data_directory)
    """The data directory; not made before something is written to it."""
    log_level: Literal["debug", "info", "warning", "error", "critical"] = "info"
    log_format: Literal["json", "console"] = "console"
    crash_at: str = ""
    """Ends the process, as a kill would, when it comes to the crash point of this name."""

    # Stores. The URLs may hold a password and therefore stay out of `repr`.
    journal_url: str = Field(default_factory=_journal_in_home, repr=False)
    """`memory://`, `sqlite:///path`, `redis://…` or `postgresql://…`."""
    database_url: str = Field(default="sqlite+aiosqlite:///./liteagent.db", repr=False)
    redis_url: str = Field(default="redis://localhost:6379", repr=False)
    redis_mode: Literal["standalone", "sentinel", "cluster"] = "standalone"
    redis_ssl: bool = False
    redis_sentinel_master: str = "mymaster"
    redis_cluster_nodes: Names = []

    # Who may come in
    admin_key: SecretStr | None = None
    """The admin's API key; made at the first start when it is not set."""
    jwt_secret: SecretStr | None = None
    """Tokens signed with it are accepted beside API keys; at least 32 bytes."""
    encryption_key: SecretStr | None = None
    """Seals stored secrets: 32 bytes in base64; a file in `home` holds one when it is not set."""
    rate_limit_requests_per_minute: int = Field(default=60, ge=1)
    rate_limit_max_concurrent: int = Field(default=10, ge=1)

    # What the client commands talk to
    server: str = ""
    api_key: SecretStr | None = None

    # Model providers
    openai_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("LITEAGENT_OPENAI_API_KEY", "OPENAI_API_KEY")
    )
    anthropic_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("LITEAGENT_ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY"),
    )
    ollama_base_url: str = Field(
        default="http://localhost:11434",
        validation_alias=AliasChoices("LITEAGENT_OLLAMA_BASE_URL", "OLLAMA_HOST"),
    )
    openai_compatible_base_url: str = ""
    openai_compatible_api_key: SecretStr | None = None

    # Plugins
    plugins_allow: Names | None = None
    """Only these plugins are loaded; None: all of them."""
    plugins_deny: Names = []
    """These are not loaded, whatever `plugins_allow` says."""

    # Agent execution, in seconds and steps
    max_execution_time: int = Field(default=300, ge=1)
    max_iterations: int = Field(default=20, ge=1)
    step_timeout: int = Field(default=60, ge=1)

    # Caching TTLs, in seconds
    cache_ttl_credentials: int = Field(default=86400, ge=0)
    cache_ttl_embeddings: int = Field(default=600, ge=0)
    cache_ttl_conversation: int = Field(default=3600, ge=0)

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("log_level", "log_format", "redis_mode", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("redis_cluster_nodes", "plugins_allow", "plugins_deny", mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("["):
            try:
                return json.loads(value)
            except json.JSONDecodeError as error:
                raise ValueError("names with commas between them, or a JSON list") from error
        return [name.strip() for name in value.split(",") if name.strip()]

    @field_validator("ollama_base_url")
    @classmethod
    def _ollama_url(cls, value: str) -> str:
        """`OLLAMA_HOST` is usually a bare `host:port`, as its server takes it."""
        if "://" in value:
            return value.rstrip("/")
        return f"http://{value}" if ":" in value else f"http://{value}:11434"


def load_settings() -> Settings:
    """Settings from the environment as it is now.

    Raises `ConfigurationError` that names the variable, what it should be and what it is.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise _configuration_error(error) from error


@cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return load_settings()


def _configuration_error(error: ValidationError) -> ConfigurationError:
    problems: list[dict[str, str]] = []
    for each in error.errors(include_url=False):
        name = str(each["loc"][0])
        variable = name if name.isupper() else f"{_PREFIX}{name.upper()}"
        should = wanted(each)
        message = f"{variable} should be {should}; found {each['input']!r}" if should else ""
        problems.append({"field": variable, "message": message or objection(variable, each)})
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return ConfigurationError(
        f"{problems[0]['message']}{more}.", field=problems[0]["field"], problems=problems
    )
