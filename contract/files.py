"""The files that are made of the contract, as text."""

from __future__ import annotations

import json
from typing import Final

import yaml

from contract.document import document
from contract.pages import api_page, errors_page

SERVED: Final = "layers/common/renderiq/http/assets/openapi.json"


def files() -> dict[str, str]:
    """Text by path below the project's root."""
    contract = document()
    # through JSON, so that enums are their values and YAML has no anchors
    plain = json.loads(json.dumps(contract))
    return {
        "openapi.yaml": "# Made by `make contract` out of the code. Change the code.\n"
        + yaml.dump(plain, sort_keys=False, allow_unicode=True, width=120, Dumper=_Dumper),
        SERVED: json.dumps(plain, ensure_ascii=False, separators=(",", ":")) + "\n",
        "docs/api.md": api_page(plain),
        "docs/errors.md": errors_page(plain),
    }


class _Dumper(yaml.SafeDumper):
    """Texts of many lines as blocks; nothing shared, so that every part reads by itself."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
