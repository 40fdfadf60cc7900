"""Models in C#: classes that read an object of the wire when they are asked, and keep what they do not know."""

from __future__ import annotations

import re
from typing import Final

from sdks.generator.contract import Contract, Field, Model, Type, Values

PATH: Final = "csharp/src/Models.cs"
_OPTIONS: Final = {"RenderIn": "RenderOptions", "CameraIn": "CameraOptions", "SunIn": "SunOptions"}
_FILES_AND_UPLOADS: Final = {
    "uploadedImageData", "depthImage", "materialIdImage", "normalImage", "type", "uploadedImageType", "imageUrl",
    "uploadId", "depthUploadId", "materialIdUploadId", "normalUploadId",
}  # fmt: skip
_READERS: Final = {
    "text": ("string", 'Raw.Text("{0}")'),
    "values": ("string", 'Raw.Text("{0}")'),
    "integer": ("long?", 'Raw.Integer("{0}")'),
    "number": ("double?", 'Raw.Number("{0}")'),
    "boolean": ("bool?", 'Raw.Flag("{0}")'),
    "object": ("JsonObject", 'Raw.Object("{0}")'),
    "any": ("object", 'Raw.Find("{0}")'),
}
_ELEMENTS: Final = {
    "text": "string", "values": "string", "integer": "long", "number": "double", "boolean": "bool",
    "object": "JsonObject", "any": "object",
}  # fmt: skip
_HEAD: Final = """\
// The objects of the wire. Generated from openapi.yaml by `python -m sdks.generator`. Do not edit.
//
// A field that a server does not send is null. What a model does not know is in its Raw. Lists of values are texts:
// a newer server may send others.

using System.Collections.Generic;
"""


def write(contract: Contract) -> str:
    """Returns the text of the file."""
    models = [each for each in contract.models if not each.name.endswith(("In", "InForm"))]
    parts = [_values(each) for each in contract.values] + [_model(each) for each in models]
    options = [_options(contract.model(name), ours) for name, ours in _OPTIONS.items()]
    return "\n".join([_HEAD, *_namespace("Renderiq", options), "", *_namespace("Renderiq.Models", parts), ""])


def pascal(name: str) -> str:
    """Returns the name of a property or a constant: ``creditsCost`` is ``CreditsCost``, ``NOT_FOUND`` ``NotFound``."""
    words = re.split(r"\W", name) if re.search(r"\W", name) else name.split("_")
    if words[0][:1].isdigit():
        return "_" + "_".join(words)
    found = "".join(word.capitalize() if word.isupper() else word[:1].upper() + word[1:] for word in words)
    return found or "None"


def _namespace(name: str, parts: list[str]) -> list[str]:
    body = "\n\n".join(parts)
    indented = "\n".join(f"    {line}" if line else "" for line in body.split("\n"))
    return [f"namespace {name}", "{", indented, "}"]


def _values(values: Values) -> str:
    lines = [
        _summary(values.description or "Values that this version knows."),
        f"public static class {values.name}",
        "{",
    ]
    for number, each in enumerate(values.values):
        if number:
            lines.append("")
        lines += [f"    /// <summary><c>{each}</c></summary>", f'    public const string {pascal(each)} = "{each}";']
    return "\n".join([*lines, "}"])


def _model(model: Model) -> str:
    lines = [
        _summary(model.description or f"`{model.name}` of the wire."),
        f"public sealed class {model.name} : Model",
        "{",
        "    /// <summary>Reads an object of the wire. Null is an empty one.</summary>",
        f"    public {model.name}(JsonObject raw)",
        "        : base(raw)",
        "    {",
        "    }",
    ]
    for field in model.fields:
        kind, read = _reader(field)
        lines += ["", f"    {_summary(field.description or f'`{field.name}` of the wire.')}"]
        lines.append(f"    public {kind} {_property(field, model.name)} => {read};")
    return "\n".join([*lines, "}"])


def _options(model: Model, name: str) -> str:
    lines = [_summary(_DESCRIPTIONS[name]), f"public sealed class {name} : Options", "{"]
    fields = [each for each in model.fields if each.name not in _FILES_AND_UPLOADS]
    for number, field in enumerate(fields):
        if number:
            lines.append("")
        lines += _option(field, name)
    return "\n".join([*lines, "}"])


_DESCRIPTIONS: Final = {
    "RenderOptions": "What an order may say beside its pictures.",
    "CameraOptions": "The camera of a capture or of a 3D model.",
    "SunOptions": "Where the sun is.",
}


def _option(field: Field, owner: str) -> list[str]:
    kind, read = _reader(field)
    write = "value"
    read = read.replace("Raw.", "Fields.")
    if field.type.kind == "model":
        kind, read, write = _OPTIONS[field.type.name], "", "value == null ? null : value.Fields"
    elif field.type.kind == "map":
        element = _ELEMENTS[(field.type.of or Type("any")).kind]
        kind, read = f"IDictionary<string, {element}>", f'Fields.Find("{field.name}") as IDictionary<string, {element}>'
    elif field.type.kind == "list":
        element = _ELEMENTS[(field.type.of or Type("any")).kind]
        kind, read = f"IReadOnlyList<{element}>", f'Fields.Find("{field.name}") as IReadOnlyList<{element}>'
    lines = [f"    {_summary(field.description or f'`{field.name}` of the wire.')}"]
    lines += [f"    public {kind} {_property(field, owner)}", "    {"]
    if read:
        lines.append(f"        get {{ return {read}; }}")
    return [*lines, f'        set {{ Fields["{field.name}"] = {write}; }}', "    }"]


def _property(field: Field, owner: str) -> str:
    """Returns the name of a property, which must not be that of its class."""
    name = pascal(field.name)
    return f"{name}Value" if name == owner else name


def _reader(field: Field) -> tuple[str, str]:
    """Returns the type of a property and the expression that reads it."""
    kind, of = field.type, field.type.of or Type("any")
    if kind.kind == "model":
        if kind.name.endswith("In"):
            return "JsonObject", f'Raw.Object("{field.name}")'
        return kind.name, f'ReadModel("{field.name}", raw => new {kind.name}(raw))'
    if kind.kind == "list":
        if of.kind == "model" and not of.name.endswith("In"):
            return f"IReadOnlyList<{of.name}>", f'ReadModels("{field.name}", raw => new {of.name}(raw))'
        element = _ELEMENTS.get(of.kind, "JsonObject")
        return f"IReadOnlyList<{element}>", f'ReadList<{element}>("{field.name}")'
    if kind.kind == "map":
        element = _ELEMENTS[of.kind]
        return f"IReadOnlyDictionary<string, {element}>", f'ReadMap<{element}>("{field.name}")'
    name, read = _READERS[kind.kind]
    return name, read.format(field.name)


def _summary(text: str) -> str:
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    coded = re.sub(r"`([^`]+)`", r"<c>\1</c>", safe)
    return f"/// <summary>{coded}</summary>"
