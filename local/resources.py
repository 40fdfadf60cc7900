"""Makes the template's resources in emulated AWS, as CloudFormation would, and says what functions know of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from local import cloudformation
from local.errors import LocalStackError
from local.makers import MAKERS, Made, Order
from local.template import ParameterScope, Template

NOT_EMULATED: Final = frozenset(
    {
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::Lambda::Permission",
        "AWS::Logs::LogGroup",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
        "AWS::Serverless::Function",
        "AWS::Serverless::HttpApi",
        "AWS::Serverless::LayerVersion",
    }
)
"""Resources that a laptop does without, or that another module plays."""


def create_resources(template: Template, endpoint_url: str) -> dict[str, Made]:
    """Every emulated resource by logical id. What is there already stays, with its data.

    Raises ``LocalStackError`` for a resource type or property that nothing here makes.
    """
    scope = _ResourceScope(template, endpoint_url)
    for logical_id, resource in template.resources.items():
        if resource["Type"] not in NOT_EMULATED:
            scope.made(logical_id)
    return scope.resources


def environment(template: Template, function: str, resources: Mapping[str, Made]) -> dict[str, str]:
    """A function's environment variables, by its logical id, as Lambda would set them."""
    scope = _ResourceScope(template, endpoint_url="", resources=dict(resources))
    return cloudformation.texts(cloudformation.resolve(template.variables(function), scope))


@dataclass
class _ResourceScope:
    """Names of resources too. One that does not exist yet is made when it is first named, so order is no matter."""

    template: Template
    endpoint_url: str
    resources: dict[str, Made] = field(default_factory=dict)
    _making: list[str] = field(default_factory=list)

    def ref(self, name: str) -> Any:
        return self.made(name).ref if name in self.template.resources else ParameterScope(self.template).ref(name)

    def attribute(self, logical_id: str, name: str) -> str:
        attributes = self.made(logical_id).attributes
        if name not in attributes:
            raise LocalStackError(f"The template uses {logical_id}.{name}, which the local stack does not know.")
        return attributes[name]

    def condition(self, name: str) -> bool:
        return ParameterScope(self.template).condition(name)

    def made(self, logical_id: str) -> Made:
        if logical_id not in self.resources:
            self.resources[logical_id] = self._make(logical_id)
        return self.resources[logical_id]

    def _make(self, logical_id: str) -> Made:
        resource = self.template.resources.get(logical_id)
        make = MAKERS.get(resource["Type"]) if resource else None
        if resource is None or make is None:
            kind = resource["Type"] if resource else "a missing resource"
            raise LocalStackError(f"The local stack needs {logical_id} but does not make {kind}: see local/makers.py.")
        if logical_id in self._making:
            raise LocalStackError(
                f"Resources refer to each other in a circle: {' → '.join([*self._making, logical_id])}."
            )
        self._making.append(logical_id)
        properties = cloudformation.resolve(resource.get("Properties", {}), self)
        self._making.pop()
        return make(Order(logical_id, properties, self.endpoint_url))
