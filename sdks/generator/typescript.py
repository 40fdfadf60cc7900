"""Models in TypeScript: interfaces of the wire's own objects, which keep what the interfaces do not know."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

from sdks.generator.contract import Contract, Field, Type, Values

PATH: Final = "typescript/src/models.ts"
_WIDTH: Final = 120
_OPTIONS: Final = "RenderIn"
_NOT_OPTIONS: Final = {
    "uploadedImageData",
    "depthImage",
    "materialIdImage",
    "normalImage",
    "type",
    "uploadedImageType",
    "imageUrl",
    "uploadId",
    "depthUploadId",
    "materialIdUploadId",
    "normalUploadId",
}
_PLAIN: Final = {
    "text": "string", "integer": "number", "number": "number", "boolean": "boolean", "any": "unknown", "file": "Blob",
    "object": "Record<string, unknown>",
}  # fmt: skip
_HEAD: Final = """/**
 * The objects of the wire. Generated from openapi.yaml by `python -m sdks.generator`. Do not edit.
 *
 * An older server may leave out fields, and a newer one may send others, which are in the objects too.
 */

/** A value that this version does not know: a newer server may send it. */
export type Unknown = string & Record<never, never>;
"""


def write(contract: Contract) -> str:
    """Returns the text of the module."""
    options = [each for each in contract.model(_OPTIONS).fields if each.name not in _NOT_OPTIONS]
    inputs = {each.type.name for each in options}
    models = [
        each
        for each in contract.models
        if each.fields and (not each.name.endswith(("In", "InForm")) or each.name in inputs)
    ]
    parts = [_HEAD]
    parts += [_values(each) for each in contract.values]
    parts += [_interface(each.name, each.description, each.fields) for each in models]
    parts.append(_interface("RenderOptions", "What an order may say beside its pictures.", options, is_open=True))
    return "\n".join(parts)


def _values(values: Values) -> str:
    names = [*(f'"{each}"' for each in values.values), "Unknown"]
    line = f"export type {values.name} = {' | '.join(names)};"
    if len(line) > _WIDTH:
        line = "\n".join([f"export type {values.name} =", *(f"  | {each}" for each in names)]) + ";"
    return "\n".join([*_comment(values.description), line, ""])


def _interface(name: str, description: str, fields: tuple[Field, ...] | list[Field], *, is_open: bool = False) -> str:
    lines = [*_comment(description), f"export interface {name} {{"]
    for each in fields:
        lines += _comment(each.description, "  ")
        lines.append(f"  {each.name}: {_named(each.type)};" if each.is_required else _optional(each))
    if is_open:
        lines += ["  /** An option of a newer API. */", "  [option: string]: unknown;"]
    return "\n".join([*lines, "}", ""])


def _optional(field: Field) -> str:
    name = _named(field.type)
    return f"  {field.name}?: {name};" if name == "unknown" else f"  {field.name}?: {name} | null | undefined;"


def _named(kind: Type) -> str:
    if kind.kind == "list":
        return f"{_named(kind.of or Type('any'))}[]"
    if kind.kind == "map":
        return f"Record<string, {_named(kind.of or Type('any'))}>"
    return kind.name if kind.kind in ("model", "values") else _PLAIN[kind.kind]


def _comment(text: str, indent: str = "") -> Iterator[str]:
    if not text:
        return
    safe = text.replace("*/", "* /")
    if len(indent) + len(safe) + 7 <= _WIDTH:
        yield f"{indent}/** {safe} */"
        return
    yield f"{indent}/**"
    for line in textwrap.wrap(safe, _WIDTH - len(indent) - 3, break_long_words=False, break_on_hyphens=False):
        yield f"{indent} * {line}"
    yield f"{indent} */"
