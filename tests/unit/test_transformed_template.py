"""What CloudFormation gets: two stacks can exist beside each other in one account and region."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tests.support.transformed import transformed

NO_PHYSICAL_NAMES: Final = {
    "AWS::ApiGatewayV2::Stage": {"StageName"},  # unique within its API only
    "AWS::CloudWatch::Alarm": {"MetricName"},
}
"""Properties that end in Name but name nothing in the account."""


@pytest.fixture(scope="module", params=["staging", "prod"])
def template(request: pytest.FixtureRequest) -> dict[str, Any]:
    return transformed(Stage=request.param)


def names(resource: dict[str, Any]) -> dict[str, Any]:
    """Properties that give the resource a physical name. References to other resources are none."""
    others = NO_PHYSICAL_NAMES.get(resource["Type"], set())
    return {
        name: value
        for name, value in resource.get("Properties", {}).items()
        if name.endswith("Name") and name not in others and not refers_to_resource(value)
    }


def refers_to_resource(value: Any) -> bool:
    return isinstance(value, dict) and bool(value.keys() & {"Ref", "Fn::GetAtt"})


def test_no_resource_has_a_name_that_another_stack_would_have(template: dict[str, Any]) -> None:
    fixed = {
        f"{logical_id}.{name}": value
        for logical_id, resource in template["Resources"].items()
        for name, value in names(resource).items()
        if "AWS::StackName" not in json.dumps(value)
    }

    assert fixed == {}


def test_no_output_is_exported_under_a_fixed_name(template: dict[str, Any]) -> None:
    exports = [output["Export"] for output in template.get("Outputs", {}).values() if "Export" in output]

    assert [export for export in exports if "AWS::StackName" not in json.dumps(export)] == []


def test_a_name_that_is_fixed_is_found() -> None:
    resource = {"Type": "AWS::Scheduler::Schedule", "Properties": {"Name": "SweeperFunctionEveryMinute"}}

    assert names(resource) == {"Name": "SweeperFunctionEveryMinute"}


def test_layers_are_named_after_the_stack(template: dict[str, Any]) -> None:
    layers = [each for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::LayerVersion"]

    assert len(layers) == 2
    assert all("AWS::StackName" in json.dumps(names(layer)["LayerName"]) for layer in layers)
