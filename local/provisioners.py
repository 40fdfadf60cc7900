"""Creates resources in emulated AWS from their CloudFormation properties, one function per resource type.

Each function is idempotent: a resource that exists keeps its data. Each names every property that it uses or ignores,
so that a new property in the template is refused and not silently ignored.
"""

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError

from local.aws import client
from local.errors import LocalStackError
from local.template import ACCOUNT, REGION, STACK_NAME


@dataclass(frozen=True, slots=True)
class Resource:
    """A provisioned resource: the values of ``!Ref`` and ``!GetAtt``."""

    ref: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResourceRequest:
    """A resource to provision; intrinsic functions in ``properties`` are resolved."""

    logical_id: str
    properties: Mapping[str, Any]
    endpoint_url: str

    @property
    def name(self) -> str:
        """The resource's name. The template leaves names to CloudFormation; kept states rely on this one."""
        return f"{STACK_NAME}-{self.logical_id}"

    def select(self, *used: str, ignored: tuple[str, ...] = ()) -> dict[str, Any]:
        """The used properties that the template sets. Raises ``LocalStackError`` if it sets any other."""
        if unknown := self.properties.keys() - {*used, *ignored, "Tags"}:
            raise LocalStackError(
                f"The local stack does not support {', '.join(sorted(unknown))} of {self.logical_id}: "
                "see local/provisioners.py."
            )
        return {name: self.properties[name] for name in used if name in self.properties}


def provision_table(request: ResourceRequest) -> Resource:
    """A DynamoDB table with its indexes and its time to live. A table that exists gets the indexes of the template.

    Raises ``LocalStackError`` if the table exists with other keys.
    """
    dynamodb, name = client("dynamodb", request.endpoint_url), request.name
    properties = request.select(
        "BillingMode",
        "AttributeDefinitions",
        "KeySchema",
        "GlobalSecondaryIndexes",
        "StreamSpecification",
        "TimeToLiveSpecification",
        ignored=("DeletionProtectionEnabled", "PointInTimeRecoverySpecification", "SSESpecification"),
    )
    time_to_live = properties.pop("TimeToLiveSpecification", None)
    if stream := properties.get("StreamSpecification"):
        properties["StreamSpecification"] = {"StreamEnabled": True, **stream}
    try:
        dynamodb.create_table(TableName=name, **properties)
    except dynamodb.exceptions.ResourceInUseException:
        existing = dynamodb.describe_table(TableName=name)["Table"]
        known = {index["IndexName"] for index in existing.get("GlobalSecondaryIndexes") or ()}
        wanted = {index["IndexName"]: index for index in properties.get("GlobalSecondaryIndexes", [])}
        changes: list[Any] = [{"Create": index} for index_name, index in wanted.items() if index_name not in known]
        changes += [{"Delete": {"IndexName": index_name}} for index_name in known - wanted.keys()]
        for change in changes:  # one at a time, as DynamoDB requires
            dynamodb.update_table(
                TableName=name,
                AttributeDefinitions=properties["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=[change],
            )
        if "StreamSpecification" in properties and not existing.get("StreamSpecification", {}).get("StreamEnabled"):
            dynamodb.update_table(TableName=name, StreamSpecification=properties["StreamSpecification"])
        if _keys(dynamodb.describe_table(TableName=name)["Table"]) != _keys(properties):
            raise LocalStackError(
                f"Table {name} was made by another version of the template. Delete .local and start again."
            ) from None
    else:
        if time_to_live:
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=time_to_live)
    attributes = {"Arn": _arn("dynamodb", f"table/{name}")}
    if "StreamSpecification" in properties:
        attributes["StreamArn"] = dynamodb.describe_table(TableName=name)["Table"]["LatestStreamArn"]
    return Resource(name, attributes)


def _keys(table: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """The keys of a table, under "", and of its indexes."""
    indexes = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes") or ()}
    return {
        name: [(key["AttributeName"], key["KeyType"]) for key in each["KeySchema"]]
        for name, each in {"": table, **indexes}.items()
    }


def provision_queue(request: ResourceRequest) -> Resource:
    """An SQS queue. A queue that exists takes over the template's attributes."""
    sqs, name = client("sqs", request.endpoint_url), request.name
    properties = request.select(
        "MessageRetentionPeriod", "RedrivePolicy", "VisibilityTimeout", ignored=("SqsManagedSseEnabled",)
    )
    attributes = {key: json.dumps(value) if key == "RedrivePolicy" else str(value) for key, value in properties.items()}
    # Not the URL that the emulator returns: the port in it is that of the run that created the queue.
    url = f"{request.endpoint_url}/{ACCOUNT}/{name}"
    try:
        sqs.get_queue_url(QueueName=name)
    except sqs.exceptions.QueueDoesNotExist:
        sqs.create_queue(QueueName=name, Attributes=attributes)
    else:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    return Resource(url, {"Arn": _arn("sqs", name)})


def provision_bucket(request: ResourceRequest) -> Resource:
    """An S3 bucket with its CORS rules. Nothing in it expires."""
    s3, name = client("s3", request.endpoint_url), request.name.lower()
    ignored = ("BucketEncryption", "LifecycleConfiguration", "OwnershipControls", "PublicAccessBlockConfiguration")
    properties = request.select("CorsConfiguration", ignored=ignored)
    try:
        s3.head_bucket(Bucket=name)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        s3.create_bucket(Bucket=name)
    if cors := properties.get("CorsConfiguration"):
        s3.put_bucket_cors(
            Bucket=name, CORSConfiguration={"CORSRules": [_cors_rule(each) for each in cors["CorsRules"]]}
        )
    return Resource(name, {"Arn": f"arn:aws:s3:::{name}"})


def _cors_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A CORS rule as S3's API names its properties."""
    names = {"ExposedHeaders": "ExposeHeaders", "MaxAge": "MaxAgeSeconds"}
    return {names.get(name, name): value for name, value in rule.items()}


def provision_user_pool(request: ResourceRequest) -> Resource:
    """A Cognito user pool."""
    cognito = client("cognito-idp", request.endpoint_url)
    properties = request.select(
        "AccountRecoverySetting",
        "AdminCreateUserConfig",
        "AutoVerifiedAttributes",
        "Policies",
        "UsernameAttributes",
        "UsernameConfiguration",
        ignored=("DeletionProtection",),
    )
    pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
    pool_id = next((pool["Id"] for pool in pools if pool["Name"] == request.name), None)
    if pool_id is None:
        pool_id = cognito.create_user_pool(PoolName=request.name, **properties)["UserPool"]["Id"]
    return Resource(pool_id, {"Arn": _arn("cognito-idp", f"userpool/{pool_id}")})


def provision_user_pool_client(request: ResourceRequest) -> Resource:
    """A client of a Cognito user pool."""
    cognito = client("cognito-idp", request.endpoint_url)
    properties = request.select("ExplicitAuthFlows", "GenerateSecret", "PreventUserExistenceErrors", "UserPoolId")
    clients = cognito.list_user_pool_clients(UserPoolId=properties["UserPoolId"], MaxResults=60)["UserPoolClients"]
    client_id = next((each["ClientId"] for each in clients if each["ClientName"] == request.name), None)
    if client_id is None:
        created = cognito.create_user_pool_client(ClientName=request.name, **properties)
        client_id = created["UserPoolClient"]["ClientId"]
    return Resource(client_id)


def provision_user_pool_group(request: ResourceRequest) -> Resource:
    """A group of users of a Cognito user pool."""
    cognito = client("cognito-idp", request.endpoint_url)
    properties = request.select("Description", "GroupName", "UserPoolId")
    with contextlib.suppress(cognito.exceptions.GroupExistsException):
        cognito.create_group(**properties)
    return Resource(properties["GroupName"])


def provision_secret(request: ResourceRequest) -> Resource:
    """A secret with a random value. A secret that exists keeps its value."""
    manager = client("secretsmanager", request.endpoint_url)
    properties = request.select("GenerateSecretString", ignored=("Description",))
    try:
        arn = manager.describe_secret(SecretId=request.name)["ARN"]
    except manager.exceptions.ResourceNotFoundException:
        value = manager.get_random_password(**properties["GenerateSecretString"])["RandomPassword"]
        arn = manager.create_secret(Name=request.name, SecretString=value)["ARN"]
    return Resource(arn)


def put_secret(name: str, value: str, endpoint_url: str) -> str:
    """Create the secret or replace its value. Returns its ARN."""
    manager = client("secretsmanager", endpoint_url)
    try:
        arn = manager.create_secret(Name=name, SecretString=value)["ARN"]
    except manager.exceptions.ResourceExistsException:
        arn = manager.put_secret_value(SecretId=name, SecretString=value)["ARN"]
    return str(arn)


def _arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


PROVISIONERS: Final[Mapping[str, Callable[[ResourceRequest], Resource]]] = {
    "AWS::Cognito::UserPool": provision_user_pool,
    "AWS::Cognito::UserPoolClient": provision_user_pool_client,
    "AWS::Cognito::UserPoolGroup": provision_user_pool_group,
    "AWS::DynamoDB::Table": provision_table,
    "AWS::S3::Bucket": provision_bucket,
    "AWS::SQS::Queue": provision_queue,
    "AWS::SecretsManager::Secret": provision_secret,
}
