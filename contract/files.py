"""The generated files as text."""

from __future__ import annotations

import json
from typing import Final

import yaml

from contract.document import document
from contract.errors_page import errors_page

SERVED_DOCUMENT: Final = "layers/common/renderiq/http/assets/openapi.json"


def files() -> dict[str, str]:
    """Returns the text of every generated file, by its path below the project's root."""
    # Through JSON, so that enums become their values and YAML needs no anchors.
    contract = json.loads(json.dumps(document()))
    return {
        "openapi.yaml": "# Generated from the code by `make contract`. Do not edit.\n"
        + yaml.dump(contract, sort_keys=False, allow_unicode=True, width=120, Dumper=_Dumper),
        SERVED_DOCUMENT: json.dumps(contract, ensure_ascii=False, separators=(",", ":")) + "\n",
        "docs/errors.md": errors_page(contract),
    }


class _Dumper(yaml.SafeDumper):
    """Writes text with line breaks as blocks, and repeats shared parts so that each can be read alone."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _represent_text)
