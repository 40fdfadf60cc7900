"""Models in Python: classes that keep what they do not know."""

from __future__ import annotations

import keyword
import re
from typing import Final

from sdks.generator.contract import Contract, Field, Model, Type, Values

PATH: Final = "python/src/renderiq/models.py"
_OPTIONS: Final = "RenderIn"
_FILES: Final = {"uploadedImageData", "depthImage", "materialIdImage", "normalImage"}
_NOT_OPTIONS: Final = {
    "type",
    "uploadedImageType",
    "imageUrl",
    "uploadId",
    "depthUploadId",
    "materialIdUploadId",
    "normalUploadId",
}
_PLAIN: Final = {
    "text": "str", "integer": "int", "number": "float", "boolean": "bool", "object": "dict[str, Any]",
    "any": "Any", "values": "str", "file": "bytes",
}  # fmt: skip
_HEAD: Final = '''"""The objects of the wire. Generated from openapi.yaml by ``python -m sdks.generator``. Do not edit.

A field that a server does not send is None. What a model does not know is in its ``raw``. Lists of values are texts:
a newer server may send others.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final, TypedDict

from renderiq.wire import Fields, Model
'''


def write(contract: Contract) -> str:
    """Returns the text of the module."""
    models = [each for each in contract.models if not each.name.endswith(("In", "InForm"))]
    parts = [_HEAD]
    parts += [_values(each) for each in contract.values]
    parts += [_model(each) for each in _in_order(models)]
    parts.append(_options(contract))
    return "\n\n".join(parts)


def snake(name: str) -> str:
    """Returns the Python name of a field: ``creditsCost`` is ``credits_cost``."""
    found = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return f"{found}_" if keyword.iskeyword(found) else found


def _values(values: Values) -> str:
    lines = [f"class {values.name}:", f'    """{values.description or "Values that this version knows."}"""', ""]
    for each in values.values:
        constant = re.sub(r"\W", "_", each).upper()
        constant = f"_{constant}" if constant[0].isdigit() else constant
        secret = "  # noqa: S105 - a code" if "TOKEN" in constant else ""
        lines.append(f'    {constant}: Final = "{each}"{secret}')
    return "\n".join([*lines, ""])


def _model(model: Model) -> str:
    lines = [f"class {model.name}(Model):", f'    """{_docstring(model.description, model.name)}"""', ""]
    lines += [f"    {snake(each.name)}: {_annotation(each)}" for each in model.fields]
    lines += ["", "    _fields: ClassVar[Fields] = {"]
    lines += [f'        "{each.name}": ("{snake(each.name)}", {_class(each.type) or "None"}),' for each in model.fields]
    return "\n".join([*lines, "    }", ""])


def _options(contract: Contract) -> str:
    fields = [each for each in contract.model(_OPTIONS).fields if each.name not in _FILES | _NOT_OPTIONS]
    lines = ["class RenderOptions(TypedDict, total=False):", '    """What an order may say beside its pictures."""', ""]
    for each in fields:
        if each.description:
            lines.append(f"    # {each.description}"[:120])
        lines.append(f"    {snake(each.name)}: {_named(each.type)} | None")
    lines += ["", "", "OPTION_NAMES: Final = {"]
    lines += [f'    "{snake(each.name)}": "{each.name}",' for each in fields]
    return "\n".join([*lines, "}", '"""The names of the options on the wire."""', ""])


def _docstring(description: str, name: str) -> str:
    return description.replace('"', "'") or f"``{name}`` of the wire."


def _annotation(field: Field) -> str:
    name = _named(field.type)
    return name if field.is_required or name == "Any" else f"{name} | None"


def _named(kind: Type) -> str:
    if kind.kind == "list":
        return f"list[{_named(kind.of or Type('any'))}]"
    if kind.kind == "map":
        return f"dict[str, {_named(kind.of or Type('any'))}]"
    if kind.kind == "model":
        return "dict[str, Any]" if kind.name.endswith("In") else kind.name
    return _PLAIN[kind.kind]


def _class(kind: Type) -> str:
    if kind.kind == "model":
        return kind.name
    return _class(kind.of) if kind.kind == "list" and kind.of else ""


def _in_order(models: list[Model]) -> list[Model]:
    """Returns the models so that each one follows those that it contains."""
    names = {each.name: each for each in models}
    ordered: dict[str, Model] = {}

    def add(model: Model) -> None:
        for field in model.fields:
            inner = _class(field.type)
            if inner in names and inner not in ordered and inner != model.name:
                add(names[inner])
        ordered[model.name] = model

    for each in models:
        if each.name not in ordered:
            add(each)
    return list(ordered.values())
