"""template.yaml as CloudFormation gets it: transformed by the library that AWS uses for SAM templates."""

from __future__ import annotations

from typing import Any, Final

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from local.cloudformation import load
from tests.support.paths import ROOT

_CODE: Final = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


def transformed(**parameters: str) -> dict[str, Any]:
    """Returns the transformed template. Parameters that are not given have their defaults."""
    template = load(ROOT / "template.yaml")
    for resource in template["Resources"].values():
        if resource["Type"] in _CODE:  # `sam deploy` puts the address of the uploaded code there
            resource["Properties"][_CODE[resource["Type"]]] = "s3://bucket/key"
    defaults = {name: str(each.get("Default", "")) for name, each in template["Parameters"].items()}
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name="us-east-1"))
    result: dict[str, Any] = translator.translate(template, {**defaults, **parameters})
    return result
