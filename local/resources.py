"""Creates the template's resources in emulated AWS, and computes the environment variables that refer to them."""

from collections.abc import Mapping
from typing import Any, Final

from local import cloudformation
from local.errors import LocalStackError
from local.provisioners import PROVISIONERS, Resource, ResourceRequest
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
"""Resource types that the local stack does not need, or that another module emulates."""


def create_resources(template: Template, endpoint_url: str) -> dict[str, Resource]:
    """Every emulated resource, by logical id. Resources that exist keep their data.

    Raises ``LocalStackError`` for a resource type or a property that is not supported.
    """
    scope = _ResourceScope(template, endpoint_url, {})
    for logical_id, resource in template.resources.items():
        if resource["Type"] not in NOT_EMULATED:
            scope.resource(logical_id)
    return scope.resources


def environment(template: Template, function: str, resources: Mapping[str, Resource]) -> dict[str, str]:
    """The environment variables that Lambda would set for the function with this logical id."""
    scope = _ResourceScope(template, "", dict(resources))
    return cloudformation.texts(cloudformation.resolve(template.variables(function), scope))


class _ResourceScope(ParameterScope):
    """Resolves references to resources too. It creates a resource at the first reference to it."""

    def __init__(self, template: Template, endpoint_url: str, resources: dict[str, Resource]) -> None:
        super().__init__(template)
        self.resources = resources
        self._endpoint_url = endpoint_url

    def ref(self, name: str) -> Any:
        """The value of ``!Ref``."""
        return self.resource(name).ref if name in self._template.resources else super().ref(name)

    def attribute(self, logical_id: str, name: str) -> str:
        """The value of ``!GetAtt``."""
        attributes = self.resource(logical_id).attributes
        if name not in attributes:
            raise LocalStackError(f"The template uses {logical_id}.{name}, which the local stack does not know.")
        return attributes[name]

    def resource(self, logical_id: str) -> Resource:
        """The resource, which is created if it is not in ``resources``."""
        if logical_id not in self.resources:
            self.resources[logical_id] = self._create(logical_id)
        return self.resources[logical_id]

    def _create(self, logical_id: str) -> Resource:
        declared = self._template.resources.get(logical_id)
        kind = declared["Type"] if declared else "a missing resource"
        if declared is None or kind not in PROVISIONERS:
            raise LocalStackError(
                f"The local stack needs {logical_id} but does not support {kind}: see local/provisioners.py."
            )
        properties = cloudformation.resolve(declared.get("Properties", {}), self)
        return PROVISIONERS[kind](ResourceRequest(logical_id, properties, self._endpoint_url))
