"""template.yaml as CloudFormation gets it: transformed by the library that AWS uses for SAM templates."""

from __future__ import annotations

from typing import Any, Final

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from local.cloudformation import load
from tests.support.paths import ROOT

_CODE: Final = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


def transformed(template: dict[str, Any] | None = None, /, **parameters: str) -> dict[str, Any]:
    """Returns a template, or template.yaml, transformed. Parameters that are not given have their defaults."""
    template = template or load(ROOT / "template.yaml")
    for resource in template["Resources"].values():
        if (
            resource["Type"] in _CODE and "ImageUri" not in resource["Properties"]
        ):  # `sam deploy` puts the address of the uploaded code there
            resource["Properties"][_CODE[resource["Type"]]] = "s3://bucket/key"
    defaults = {name: str(each.get("Default", "")) for name, each in template["Parameters"].items()}
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name="us-east-1"))
    result: dict[str, Any] = translator.translate(template, {**defaults, **parameters})
    return result
