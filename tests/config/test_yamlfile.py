"""A configuration file that is wrong is told by file, line, field, what should be there and is."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator

from liteagent.errors import ConfigurationError
from liteagent.yamlfile import load_yaml


class Rule(BaseModel):
    model_config = ConfigDict(extra="forbid")

    when: str = ""
    quorum: int = Field(default=1, ge=1)
    requester_may_approve: bool = False
    since: date | None = None


class Agent(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    purpose: str
    model: str | list[str] = "demo"
    tools: list[str] = []
    overlap: Literal["enqueue", "steer"] = "enqueue"
    approval: dict[str, Literal["always", "never"] | Rule] = {}
    api_key: int = 0
    extra: Any = None

    @field_validator("name")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        if "/" in value:
            raise ValueError("Agents have no slash in their name.")
        return value


HEAD = "name: ops\npurpose: Tidies.\n"

Load = Callable[[str], Agent]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.chdir(tmp_path)

    def write_and_load(text: str) -> Agent:
        Path("ops.yaml").write_bytes(text.encode())
        return load_yaml(Path("ops.yaml"), Agent)

    return write_and_load


def refusal(load: Load, text: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load(text)
    return caught.value


def test_a_good_file_becomes_the_model(load: Load) -> None:
    agent = load(HEAD + "tools: [a, b]\napproval: {restart: {quorum: 2}, look: never}\n")
    assert agent.tools == ["a", "b"]
    assert agent.approval == {"restart": Rule(quorum=2), "look": "never"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            HEAD + "tools: [a]\nmodell: x\n",
            "ops.yaml, line 4: modell is not a field here: did you mean model?",
        ),
        (
            HEAD + "approval:\n  restart:\n    quorm: 2\n",
            "ops.yaml, line 5: approval.restart.quorm is not a field here: did you mean quorum?",
        ),
        (
            HEAD + "approval:\n  restart:\n    quorum: many\n",
            "ops.yaml, line 5: approval.restart.quorum should be a whole number; found 'many'.",
        ),
        (
            HEAD + "approval:\n  restart:\n    quorum: 0\n",
            "ops.yaml, line 5: approval.restart.quorum should be greater than or equal to 1;"
            " found 0.",
        ),
        (
            HEAD + "tools:\n  - a\n  - 7\n",
            "ops.yaml, line 5: tools[1] should be text; found 7.",
        ),
        (
            HEAD + "model: {a: 1}\n",
            "ops.yaml, line 3: model should be text or a list; found a mapping.",
        ),
        (
            HEAD + "overlap: stear\n",
            "ops.yaml, line 3: overlap should be 'enqueue' or 'steer'; found 'stear'.",
        ),
        (
            HEAD + "tools:\n",
            "ops.yaml, line 3: tools should be a list; found nothing.",
        ),
        ("name: ops\n", "ops.yaml, line 1: purpose is missing."),
        (
            "purpose: p\nname: a/b\n",
            "ops.yaml, line 2: name: Agents have no slash in their name.",
        ),
        (
            "- a\n- b\n",
            "ops.yaml, line 1: the file should be a mapping; found a list.",
        ),
    ],
)
def test_a_misfit_is_one_sentence_with_its_place(load: Load, text: str, sentence: str) -> None:
    assert str(refusal(load, text)) == sentence


def test_of_several_problems_each_is_told_with_its_line_and_all_are_data(load: Load) -> None:
    error = refusal(load, "name: ops\noverlap: x\ntools: 3\n")

    assert str(error) == (
        "ops.yaml, line 2: overlap should be 'enqueue' or 'steer'; found 'x'"
        " (and line 3: tools should be a list; found 3; line 1: purpose is missing)."
    )
    assert error.field == "overlap"
    assert [(p["line"], p["field"]) for p in error.problems] == [
        (2, "overlap"),
        (3, "tools"),
        (1, "purpose"),
    ]
    assert error.details["problems"][1]["message"] == "tools should be a list; found 3"


def test_a_misspelt_field_is_told_before_the_one_it_was_meant_to_be(load: Load) -> None:
    assert str(refusal(load, "name: ops\npurpos: p\n")) == (
        "ops.yaml, line 2: purpos is not a field here: did you mean purpose?"
        " (and line 1: purpose is missing)."
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            HEAD + "tools: [a]\n\nname: other\n",
            "ops.yaml, line 5: 'name' stands twice, the first time on line 1: keep one.",
        ),
        (
            HEAD + "approval:\n\trestart: always\n",
            "ops.yaml, line 4: a tab stands where YAML wants spaces: indent with spaces.",
        ),
        (
            HEAD + "tools: [a,\n",
            "ops.yaml, line 4: this is not YAML: expected the node content, but found"
            " '<stream end>'",
        ),
        (
            HEAD + 'tools: ["a\n\n]\n',
            "ops.yaml, line 6: this is not YAML: found unexpected end of stream while scanning a"
            " quoted scalar that began on line 3.",
        ),
        (HEAD + "tools: *none\n", "ops.yaml, line 3: this is not YAML: found undefined alias"),
        (HEAD + "extra: !!int x\n", "ops.yaml, line 3: 'x' is not a tag:yaml.org,2002:int."),
        (HEAD + "extra: a\x07b\n", "ops.yaml, line 3: the character U+0007 may not stand in YAML."),
        (HEAD + "---\nname: b\n", "ops.yaml, line 3: this is not YAML: but found another document"),
    ],
)
def test_what_is_no_yaml_is_told_by_line(load: Load, text: str, sentence: str) -> None:
    assert str(refusal(load, text)).startswith(sentence)


def test_a_tag_never_runs_code(load: Load, tmp_path: Path) -> None:
    error = refusal(load, HEAD + 'extra: !!python/object/apply:os.mkdir ["made"]\n')
    assert "line 3" in str(error)
    assert not (tmp_path / "made").exists()


def test_switch_words_and_dates_are_text_where_text_is_wanted(load: Load) -> None:
    agent = load(HEAD + "tools: [no, on, 2026-11-22]\n")
    assert agent.tools == ["no", "on", "2026-11-22"]


def test_switch_words_and_dates_are_read_where_they_are_wanted(load: Load) -> None:
    rule = load(HEAD + "approval: {x: {requester_may_approve: yes, since: 2026-11-22}}\n").approval[
        "x"
    ]
    assert rule == Rule(requester_may_approve=True, since=date(2026, 11, 22))


def test_anchors_and_merges_work_and_are_told_where_they_stand(load: Load) -> None:
    shared = HEAD + "extra: &base {quorum: 2}\napproval:\n  x:\n    <<: *base\n"
    assert load(shared).approval["x"] == Rule(quorum=2)

    error = refusal(load, shared.replace("quorum: 2", "quorum: many"))
    assert str(error).startswith("ops.yaml, line 3: approval.x.quorum should be a whole number")


def test_what_a_mapping_says_itself_wins_over_what_it_merges(load: Load) -> None:
    text = HEAD + "extra: &base {quorum: 2}\napproval:\n  x:\n    <<: *base\n    quorum: y\n"
    assert "line 7: approval.x.quorum should be" in str(refusal(load, text))


def test_a_secret_is_not_shown(load: Load) -> None:
    error = refusal(load, HEAD + "api_key: sk-secret\n")
    assert "sk-secret" not in str(error)
    assert "sk-secret" not in repr(error.problems)


def test_an_empty_file_names_what_it_should_set(load: Load) -> None:
    assert str(refusal(load, "# nothing yet\n")) == (
        "ops.yaml is empty: it should set at least name, purpose."
    )


def test_an_empty_file_is_fine_where_nothing_is_required(tmp_path: Path) -> None:
    (tmp_path / "rule.yaml").write_text("# all defaults\n")
    assert load_yaml(tmp_path / "rule.yaml", Rule) == Rule()


def test_a_byte_order_mark_and_umlauts_are_fine(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("\ufeffname: käse\npurpose: ü\n", encoding="utf-8")
    assert load_yaml(tmp_path / "a.yaml", Agent).name == "käse"


def test_a_file_in_another_encoding_is_told_by_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("name: a\npurpose: für\n".encode("latin-1"))
    with pytest.raises(ConfigurationError, match="line 2: byte 0xfc is not UTF-8"):
        load_yaml(tmp_path / "a.yaml", Agent)


def test_what_is_no_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.yaml does not exist"):
        load_yaml(tmp_path / "none.yaml", Agent)
    with pytest.raises(ConfigurationError, match="is a directory"):
        load_yaml(tmp_path, Agent)
    os.symlink("loop.yaml", tmp_path / "loop.yaml")
    with pytest.raises(ConfigurationError, match="cannot be read: "):
        load_yaml(tmp_path / "loop.yaml", Agent)


def test_a_file_nested_without_end_is_refused(load: Load) -> None:
    assert "nested too deeply" in str(refusal(load, "[" * 5000))
