"""Publishes versions of functions that start from snapshots: ``python -m admin.snapshots TEMPLATE``.

SnapStart needs published versions and an alias that API Gateway invokes. SAM makes both for each function that names
an alias, whatever the parameters are. A stack without snapshots must not have them: SAM publishes no new version when
only the value of a parameter changes, so that the API would go on with the old one. So ``make deploy`` adds the alias
to the built template if the stage's ``parameter_overrides`` have ``SnapStart=on``, with something that differs each
time and makes each deployment publish.
"""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path
from typing import Any, Final

from local.cloudformation import load

ALIAS: Final = "live"


def new_release() -> str:
    """Returns 64 digits that differ each time. SAM names versions by the first ten."""
    return secrets.token_hex(32)


def with_versions(template: dict[str, Any], release: str) -> dict[str, Any]:
    """Returns the template with an alias for each function that has ``SnapStart``. ``release`` differs each time."""
    resources = {
        name: {**each, "Properties": each["Properties"] | _published(release)}
        if each["Type"] == "AWS::Serverless::Function" and "SnapStart" in each["Properties"]
        else each
        for name, each in template["Resources"].items()
    }
    return {**template, "Resources": resources}


def _published(release: str) -> dict[str, Any]:
    return {
        "AutoPublishAlias": ALIAS,
        "AutoPublishCodeSha256": release,
        "VersionDeletionPolicy": "Delete",  # a snapshot is billed as long as its version exists
    }


def main(template: Path) -> None:
    """Rewrites a built template. JSON is YAML too."""
    changed = with_versions(load(template), new_release())
    template.write_text(json.dumps(changed, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
