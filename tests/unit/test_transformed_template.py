"""What CloudFormation gets: two stacks can exist beside each other in one account and region."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tests.support.transformed import transformed

NO_PHYSICAL_NAMES: Final = {
    "AWS::ApiGatewayV2::Stage": {"StageName"},  # unique within its API only
    "AWS::CloudWatch::Alarm": {"MetricName"},
    "AWS::Cognito::UserPoolGroup": {"GroupName"},  # unique in its user pool only
}
"""Properties that end in Name but name nothing in the account."""

LAYER: Final = "AWS::Lambda::LayerVersion"


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
    layers = [each for each in template["Resources"].values() if each["Type"] == LAYER]

    assert len(layers) == 2
    assert all("AWS::StackName" in json.dumps(names(layer)["LayerName"]) for layer in layers)


# ---------------------------------------------------------------- logs, traces, processors


def functions(template: dict[str, Any]) -> list[dict[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Function"]


def test_every_function_logs_to_a_group_that_expires(template: dict[str, Any]) -> None:
    groups = {json.dumps(function["LoggingConfig"]["LogGroup"]) for function in functions(template)}

    assert groups == {'{"Ref": "FunctionLogs"}'}
    assert template["Resources"]["FunctionLogs"]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_traces_are_recorded_only_on_request(template: dict[str, Any]) -> None:
    assert not any("TracingConfig" in function for function in functions(template))
    traced = functions(transformed(Tracing="Active"))
    assert {json.dumps(function["TracingConfig"]) for function in traced} == {'{"Mode": {"Ref": "Tracing"}}'}


def test_functions_and_layers_are_for_the_architecture_that_the_parameter_names(template: dict[str, Any]) -> None:
    chosen = [{"Ref": "Architecture"}]
    layers = [each["Properties"] for each in template["Resources"].values() if each["Type"] == LAYER]

    assert [each["CompatibleArchitectures"] for each in layers] == [chosen, chosen]
    in_layers = [function for function in functions(template) if "Layers" in function]
    in_images = [function for function in functions(template) if function.get("PackageType") == "Image"]
    assert all(function["Architectures"] == chosen for function in in_layers)
    assert [function["Architectures"] for function in in_images] == [["x86_64"]]
    assert len(in_layers) + len(in_images) == len(functions(template))


def test_arm64_is_the_default(template: dict[str, Any]) -> None:
    assert template["Parameters"]["Architecture"]["Default"] == "arm64"


# ---------------------------------------------------------------- limits and protection


def test_public_routes_have_limits_of_their_own(template: dict[str, Any]) -> None:
    stage = template["Resources"]["PluginApiApiGatewayDefaultStage"]["Properties"]
    body = template["Resources"]["PluginApi"]["Properties"]["Body"]

    limited = stage["RouteSettings"]
    assert limited.keys() == {
        "$default",
        "ANY /api/plugins/capabilities",
        "ANY /api/plugins/dashboard",
        "ANY /api/plugins/dashboard/{part}",
        "ANY /api/plugins/docs",
        "ANY /api/plugins/docs/{part}",
        "ANY /api/plugins/openapi.json",
    }
    # A stage with a setting for a route that does not exist cannot be created.
    assert {key.removeprefix("ANY ") for key in limited} <= {*body["paths"], "$default"}
    default = stage["DefaultRouteSettings"]["ThrottlingRateLimit"]
    assert all(settings["ThrottlingRateLimit"] < default for settings in limited.values())


ONLY_IN_PROD: Final = {"Fn::If": ["IsProd", "Retain", "Delete"]}


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::Table", "AWS::SecretsManager::Secret", "AWS::Cognito::UserPool"])
def test_what_cannot_be_made_again_is_kept_in_prod(template: dict[str, Any], kind: str) -> None:
    temporary = {"PrincipalsTable", "SessionsTable", "DeviceCodesTable", "DeliveriesTable"}
    kept = {
        name: each
        for name, each in template["Resources"].items()
        if each["Type"] == kind and not name.startswith(tuple(temporary))
    }

    assert kept
    for resource in kept.values():
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == ONLY_IN_PROD
        if kind == "AWS::DynamoDB::Table":
            assert resource["Properties"]["DeletionProtectionEnabled"] == {"Fn::If": ["IsProd", True, False]}
