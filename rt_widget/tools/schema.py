"""Parameters as a JSON schema for a model, and what the model has sent, checked.

pydantic knows the types. It is imported with this module, and this module only when
the first tool is made.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Optional

import pydantic
import pydantic_core
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema

from rt_widget.errors import InputError
from rt_widget.tools.secret import looks_secret
from rt_widget.tools.signature import NOTHING, Parameter
from rt_widget.tools.typed_dicts import accepted

if TYPE_CHECKING:
    from collections.abc import Mapping

ARGUMENTS_LIMIT = 1_000_000
"""Longest arguments of one call, in characters."""

_COMPLAINT_LIMIT = 1_000
_COMPLAINTS = 5
_READABLE = 1_000
_DEFAULT_LIMIT = 1_000

_TYPES = (
    "Annotate it with str, int, float, bool, list, dict, tuple, Literal, an Enum, a "
    "dataclass, a TypedDict or a pydantic model."
)


class ArgumentsError(Exception):
    """What a model has sent does not fit; the text is for the model."""


class _Schema(GenerateJsonSchema):
    ignored_warning_kinds = frozenset({"skipped-choice", "non-serializable-default"})  # type: ignore[assignment] # pydantic types it as a set


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads a model's arguments.

    Args:
        model: Has a field for each parameter, under names that mean nothing to
            pydantic; the parameter's name is the alias.
        parameters: In the order of the fields.
    """

    model: type[pydantic.BaseModel]
    parameters: tuple[Parameter, ...]

    @property
    def schema(self) -> dict[str, object]:
        """The JSON schema of the arguments, of the type `object`."""
        schema = self.model.model_json_schema(schema_generator=_Schema)
        plain = {"properties": {}, "required": [], **_untitled(schema)}
        return {"type": plain.pop("type"), **plain}

    def read(self, arguments: str) -> dict[str, object]:
        """Values for the function, by the names of its parameters.

        What the model has left out is left to the function's own defaults. Nothing,
        and `null`, are no arguments.

        Raises:
            ArgumentsError: not JSON, too long, or not of the types that were told.
        """
        if len(arguments) > ARGUMENTS_LIMIT:
            msg = f"The arguments are longer than {ARGUMENTS_LIMIT:,} characters."
            raise ArgumentsError(msg)
        text = arguments.strip()
        try:
            read = self.model.model_validate_json(
                "{}" if text in ("", "null") else text
            )
        except pydantic.ValidationError as error:
            raise ArgumentsError(self._complaint(error)) from None
        except UnicodeError:
            msg = "The arguments are not JSON: not Unicode."
            raise ArgumentsError(msg) from None
        return {
            parameter.name: getattr(read, field)
            for field, parameter in self._fields()
            if field in read.model_fields_set or not _has_default(parameter)
        }

    def _fields(self) -> zip[tuple[str, Parameter]]:
        return zip(self.model.model_fields, self.parameters, strict=True)

    def _complaint(self, error: pydantic.ValidationError) -> str:
        lines = [f"{error.error_count():,} values do not fit their types."]
        # pydantic writes all of them or none, and the interpreter waits meanwhile.
        if error.error_count() <= _READABLE:
            found = error.errors(
                include_url=False, include_context=False, include_input=False
            )
            lines = [_sentence(one) for one in found[:_COMPLAINTS]]
            if len(found) > len(lines):
                lines.append(f"And {len(found) - len(lines):,} more.")
        names = ", ".join(f"`{p.name}`" for p in self.parameters) or "none"
        known = f" The parameters are: {names:.200}."
        return f"{' '.join(lines):.{_COMPLAINT_LIMIT - len(known)}}{known}"


def reader_of(
    parameters: tuple[Parameter, ...], descriptions: Mapping[str, str]
) -> Reader:
    """A reader for parameters, of which some are described.

    Raises:
        InputError: a type that JSON has nothing for; the error names the parameter.
    """
    try:
        return _reader(parameters, descriptions)
    except Exception as failure:
        for one in parameters:
            try:
                _reader((one,), descriptions)
            except Exception as error:
                msg = f"The parameter {one.name!r} cannot be told to a model: "
                msg += f"{_kind(one.annotation):.60} is nothing that JSON can carry."
                raise InputError(msg, hint=_TYPES) from error
        msg = f"The parameters cannot be told to a model: {failure!s:.200}."
        raise InputError(msg, hint=_TYPES) from failure


def _reader(
    parameters: tuple[Parameter, ...], descriptions: Mapping[str, str]
) -> Reader:
    fields: dict[str, Any] = {
        f"p{number}": _field(one, descriptions.get(one.name, ""))
        for number, one in enumerate(parameters)
    }
    config = pydantic.ConfigDict(extra="forbid")
    reader = Reader(
        pydantic.create_model("Arguments", __config__=config, **fields), parameters
    )
    json.dumps(reader.schema, allow_nan=False)
    return reader


def _field(parameter: Parameter, description: str) -> tuple[object, FieldInfo]:
    annotation, default = parameter.annotation, parameter.default
    if sys.version_info < (3, 12):
        annotation = accepted(annotation)
    if annotation is NOTHING:
        annotation = _TYPE_OF_DEFAULT.get(type(default), Any)
    elif default is None:
        annotation = Optional[annotation]  # noqa: UP045 - of a type that is a value here
    if isinstance(default, FieldInfo):
        annotation = Annotated[annotation, default]
    settings: dict[str, Any] = {"alias": parameter.name}
    told = FieldInfo.from_annotation(annotation).description
    if words := told or description or _remark(annotation):
        settings["description"] = words
    if _has_default(parameter):
        settings |= _default(parameter.name, default)
    return annotation, pydantic.Field(**settings)


_TYPE_OF_DEFAULT: dict[type, Any] = {
    bool: bool,
    float: float,
    int: int | float,
    str: str,
}
"""What a parameter takes that has a default and no annotation."""


def _remark(annotation: object) -> str:
    """The first text of an `Annotated`, which some use to describe a parameter."""
    remarks: tuple[object, ...] = getattr(annotation, "__metadata__", ())
    return next((one for one in remarks if isinstance(one, str)), "")


def _has_default(parameter: Parameter) -> bool:
    """Whether the function does without it; a pydantic `Field` is no default."""
    return parameter.default is not NOTHING and not isinstance(
        parameter.default, FieldInfo
    )


def _default(name: str, value: object) -> dict[str, object]:
    """As the model is told of it: when it is short, JSON, and no secret."""
    try:
        text = json.dumps(pydantic_core.to_jsonable_python(value), allow_nan=False)
    except (ValueError, TypeError):
        text = ""
    if not text or len(text) > _DEFAULT_LIMIT or looks_secret(name, value):
        return {"default_factory": lambda: None}
    return {"default": value}


def _kind(annotation: object) -> str:
    return getattr(annotation, "__name__", None) or str(annotation)


def _untitled(schema: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The schema without the titles that pydantic makes up."""
    if isinstance(schema, list):
        return [_untitled(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _inside(key, value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
    }


def _inside(key: str, value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if key in ("default", "const", "enum", "examples"):
        return value
    if key in ("properties", "$defs", "patternProperties"):
        return {name: _untitled(one) for name, one in value.items()}
    return _untitled(value)


def _sentence(error: pydantic_core.ErrorDetails) -> str:
    where = ".".join(str(part) for part in error["loc"])[:100]
    match error["type"]:
        case "json_invalid":
            return f"The arguments are not JSON. {error['msg'].partition(': ')[2]}."
        case "string_unicode" if not where:
            return "The arguments are not JSON: not Unicode."
        case "model_type" | "model_attributes_type":
            return "The arguments are not a JSON object."
        case "missing":
            return f"`{where}` is missing."
        case "extra_forbidden":
            return f"There is no parameter `{where}`."
        case _:
            return f"`{where}`: {error['msg'][:200]}."
