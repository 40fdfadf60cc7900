"""Models in Ruby: classes that keep what they do not know."""

from __future__ import annotations

import re
from typing import Final

from sdks.generator.contract import Contract, Field, Model, Type, Values

PATH: Final = "ruby/lib/renderiq/models.rb"
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
_METHODS: Final = {
    "class",
    "display",
    "dup",
    "extend",
    "freeze",
    "hash",
    "inspect",
    "method",
    "raw",
    "send",
    "tap",
    "then",
}
"""Methods of every object, and of every model. A field of that name gets an underscore."""
_PLAIN: Final = {
    "text": "String", "integer": "Integer", "number": "Numeric", "boolean": "Boolean", "object": "Hash",
    "any": "Object", "values": "String", "file": "String",
}  # fmt: skip
_HEAD: Final = """# frozen_string_literal: true

require_relative "wire"

module Renderiq
  # The objects of the wire. Generated from openapi.yaml by <tt>python -m sdks.generator</tt>. Do not edit.
  #
  # A field that a server does not send is nil. What a model does not know is in its +raw+. Lists of values are texts:
  # a newer server may send others.
  module Models
"""


def write(contract: Contract) -> str:
    """Returns the text of the file."""
    models = [each for each in contract.models if not each.name.endswith(("In", "InForm"))]
    parts = [_values(each) for each in contract.values]
    parts += [_model(each) for each in models]
    parts.append(_options(contract))
    return _HEAD + "\n".join(parts) + "  end\nend\n"


def snake(name: str) -> str:
    """Returns the Ruby name of a field: ``creditsCost`` is ``credits_cost``."""
    found = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return f"{found}_" if found in _METHODS else found


def _values(values: Values) -> str:
    lines = [_comment(values.description or "Values that this version knows."), f"    module {values.name}"]
    for each in values.values:
        constant = re.sub(r"\W", "_", snake(each) if each != each.upper() else each).upper()
        lines.append(f'      {"VALUE_" if constant[0].isdigit() else ""}{constant} = "{each}"')
    return "\n".join([*lines, "    end", ""])


def _model(model: Model) -> str:
    lines = [_comment(model.description or f"+{model.name}+ of the wire."), f"    class {model.name} < Model"]
    return "\n".join([*lines, *(f"      {_field(each)}" for each in model.fields), "    end", ""])


def _field(field: Field) -> str:
    model = _class(field.type)
    declared = f'field :{snake(field.name)}, "{field.name}"' + (f", :{model}" if model else "")
    return f"{declared} # {_named(field.type)}{'' if field.is_required else ' or nil'}"


def _options(contract: Contract) -> str:
    fields = [each for each in contract.model(_OPTIONS).fields if each.name not in _FILES | _NOT_OPTIONS]
    lines = [
        "    # What an order may say beside its pictures: the names of the options on the wire.",
        "    OPTION_NAMES = {",
    ]
    for number, each in enumerate(fields):
        if each.description:
            lines.append(_comment(f"{_named(each.type)}: {each.description}", indent="      "))
        lines.append(f'      {snake(each.name)}: "{each.name}"{"," if number < len(fields) - 1 else ""}')
    return "\n".join([*lines, "    }.freeze", ""])


def _comment(text: str, indent: str = "    ") -> str:
    """Returns a comment of lines that have at most 120 characters."""
    lines, line = [], f"{indent}#"
    for word in text.split():
        if len(line) + 1 + len(word) > 120:
            lines.append(line)
            line = f"{indent}#"
        line += f" {word}"
    return "\n".join([*lines, line])


def _named(kind: Type) -> str:
    if kind.kind in ("list", "map"):
        inner = _named(kind.of or Type("any"))
        return f"Array<{inner}>" if kind.kind == "list" else f"Hash<String, {inner}>"
    if kind.kind == "model":
        return "Hash" if kind.name.endswith("In") else kind.name
    return _PLAIN[kind.kind]


def _class(kind: Type) -> str:
    if kind.kind == "model":
        return "" if kind.name.endswith("In") else kind.name
    return _class(kind.of) if kind.kind == "list" and kind.of else ""
