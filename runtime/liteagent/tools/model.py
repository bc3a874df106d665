"""A pydantic model of a tool's arguments, and the JSON schema that a model is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Optional

from liteagent.tools.errors import ToolDefinitionError
from liteagent.tools.parameters import MISSING, Parameter, Signature

if TYPE_CHECKING:
    from pydantic import BaseModel

ArgumentsModel = type["BaseModel"]


def field_of(index: int) -> str:
    """The model's own name for the parameter at `index`: a parameter may be named as pydantic's
    fields may not.
    """
    return f"parameter_{index}"


def build_model(
    signature: Signature, descriptions: Mapping[str, str], *, extra: Literal["forbid", "ignore"]
) -> ArgumentsModel:
    """Raises `ToolDefinitionError` for a type or a default that has no JSON form."""
    from pydantic import ConfigDict, Field, create_model
    from pydantic.fields import FieldInfo

    fields: dict[str, Any] = {}
    for index, parameter in enumerate(signature.parameters):
        annotation = _checked(parameter, signature.where)
        described = FieldInfo.from_annotation(parameter.annotation).description
        fields[field_of(index)] = (
            annotation,
            Field(
                ... if parameter.default is MISSING else parameter.default,
                alias=parameter.name,
                description=described or descriptions.get(parameter.name),
            ),
        )
    config = ConfigDict(extra=extra, validate_default=True)
    return create_model("Arguments", __config__=config, **fields)


def json_schema(model: ArgumentsModel) -> dict[str, Any]:
    """The schema of the arguments; closed, and without the titles that pydantic makes up."""
    from pydantic.json_schema import GenerateJsonSchema

    class Untitled(GenerateJsonSchema):
        def field_title_should_be_set(self, schema: Any) -> bool:
            return False

    schema = model.model_json_schema(schema_generator=Untitled)
    schema.pop("title")
    return schema


def undescribed(signature: Signature, model: ArgumentsModel) -> list[str]:
    """The parameters of which a model learns no more than the name and the type."""
    fields = model.model_fields
    return [
        parameter.name
        for index, parameter in enumerate(signature.parameters)
        if not fields[field_of(index)].description
    ]


def _checked(parameter: Parameter, where: str) -> Any:
    """The annotation, once it is sure that it has a JSON schema and that the default fits it.

    `x: str = None` is taken for `str | None`, as its author surely meant.
    """
    from pydantic import PydanticUserError, TypeAdapter
    from pydantic.errors import PydanticUndefinedAnnotation

    annotation, default = parameter.annotation, parameter.default
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(annotation)
        adapter.json_schema()
        if default is None and not _takes_none(adapter):
            annotation = Optional[annotation]  # noqa: UP045 it may be a string's ForwardRef
        elif default is not MISSING:
            adapter.dump_python(adapter.validate_python(default), mode="json", warnings="error")
    except (PydanticUserError, PydanticUndefinedAnnotation) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ToolDefinitionError(
            f"{where} cannot be a tool: the type of {parameter.name} has no JSON schema ({reason})."
        ) from error
    except ValueError as error:
        raise ToolDefinitionError(
            f"{where} cannot be a tool: the default {default!r} of {parameter.name} does not fit"
            " its type or has no JSON form; pydantic's Field belongs into Annotated[…], with the"
            " default behind it."
        ) from error
    return annotation


def _takes_none(adapter: Any) -> bool:
    from pydantic import ValidationError

    try:
        adapter.validate_python(None)
    except ValidationError:
        return False
    return True
