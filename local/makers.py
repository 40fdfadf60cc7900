"""One function per resource type: CloudFormation properties in, what exists in emulated AWS out.

Each is idempotent, and each names every property that it reads or leaves out on purpose, so that a new one in the
template cannot be passed over in silence.
"""

import json
import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError

from local.aws import client
from local.errors import LocalStackError
from local.template import ACCOUNT, REGION

_STACK: Final = "renderiq-local"


@dataclass(frozen=True, slots=True)
class Made:
    """A resource as the template sees it: what !Ref and !GetAtt give."""

    ref: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Order:
    """A resource to make, with its properties resolved."""

    logical_id: str
    properties: Mapping[str, Any]
    endpoint_url: str

    @property
    def name(self) -> str:
        """What the resource is called when the template leaves the name to CloudFormation."""
        return f"{_STACK}-{self.logical_id}"

    def take(self, *wanted: str, left_out: tuple[str, ...] = ()) -> dict[str, Any]:
        """The wanted properties that are set. Raises ``LocalStackError`` if there is any that is not named here."""
        if unknown := self.properties.keys() - {*wanted, *left_out, "Tags"}:
            raise LocalStackError(
                f"The local stack does not make {', '.join(sorted(unknown))} of {self.logical_id}: see local/makers.py."
            )
        return {name: self.properties[name] for name in wanted if name in self.properties}


def make_table(order: Order) -> Made:
    dynamodb = client("dynamodb", order.endpoint_url)
    properties = order.take(
        "TableName",
        "BillingMode",
        "AttributeDefinitions",
        "KeySchema",
        "GlobalSecondaryIndexes",
        "TimeToLiveSpecification",
        left_out=("PointInTimeRecoverySpecification", "SSESpecification", "DeletionProtectionEnabled"),
    )
    name = properties.setdefault("TableName", order.name)
    expiry = properties.pop("TimeToLiveSpecification", None)
    try:
        dynamodb.create_table(**properties)
    except dynamodb.exceptions.ResourceInUseException:
        _refuse_another_shape(name, dynamodb.describe_table(TableName=name)["Table"], properties)
    else:
        dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        if expiry:
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=expiry)
    return Made(name, {"Arn": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"})


def _refuse_another_shape(name: str, existing: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """A kept table cannot follow the template's keys; using it as it is would fail much later, and less clearly."""
    if _keys(existing) != _keys(wanted):
        raise LocalStackError(
            f"Table {name} was made by another version of the template. Delete .local and start again."
        )


def _keys(table: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    indexes = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes") or ()}
    return {
        name: [(key["AttributeName"], key["KeyType"]) for key in each["KeySchema"]]
        for name, each in {"": table, **indexes}.items()
    }


def make_queue(order: Order) -> Made:
    sqs = client("sqs", order.endpoint_url)
    properties = order.take(
        "QueueName",
        "DelaySeconds",
        "MessageRetentionPeriod",
        "ReceiveMessageWaitTimeSeconds",
        "RedrivePolicy",
        "VisibilityTimeout",
        left_out=("SqsManagedSseEnabled", "RedriveAllowPolicy", "KmsMasterKeyId"),
    )
    name = properties.pop("QueueName", order.name)
    attributes = {
        attribute: json.dumps(value) if isinstance(value, dict) else str(value)
        for attribute, value in properties.items()
    }
    try:
        sqs.get_queue_url(QueueName=name)
    except sqs.exceptions.QueueDoesNotExist:
        sqs.create_queue(QueueName=name, Attributes=attributes)
    else:
        sqs.set_queue_attributes(QueueUrl=f"{order.endpoint_url}/{ACCOUNT}/{name}", Attributes=attributes)
    # Not the URL that the emulator answers: a kept queue's has the port of the run that made it.
    return Made(
        f"{order.endpoint_url}/{ACCOUNT}/{name}",
        {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}", "QueueName": name},
    )


def make_bucket(order: Order) -> Made:
    s3 = client("s3", order.endpoint_url)
    properties = order.take(
        "BucketName",
        "CorsConfiguration",
        left_out=(
            "BucketEncryption",
            "LifecycleConfiguration",
            "OwnershipControls",
            "PublicAccessBlockConfiguration",
            "VersioningConfiguration",
        ),
    )
    name = properties.get("BucketName", order.name.lower())
    try:
        s3.head_bucket(Bucket=name)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        s3.create_bucket(Bucket=name)
    if cors := properties.get("CorsConfiguration"):
        s3.put_bucket_cors(
            Bucket=name, CORSConfiguration={"CORSRules": [_cors_rule(rule) for rule in cors["CorsRules"]]}
        )
    return Made(name, {"Arn": f"arn:aws:s3:::{name}", "DomainName": f"{name}.s3.amazonaws.com"})


def _cors_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    names = {"MaxAge": "MaxAgeSeconds", "ExposedHeaders": "ExposeHeaders", "Id": "ID"}
    return {names.get(name, name): value for name, value in rule.items()}


def make_user_pool(order: Order) -> Made:
    cognito = client("cognito-idp", order.endpoint_url)
    properties = order.take(
        "UserPoolName",
        "AutoVerifiedAttributes",
        "Policies",
        "Schema",
        "UsernameAttributes",
        "UsernameConfiguration",
        left_out=(
            "DeletionProtection",
            "AccountRecoverySetting",
            "AdminCreateUserConfig",
            "MfaConfiguration",
            "UserPoolAddOns",
        ),
    )
    name = properties.pop("UserPoolName", order.name)
    pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
    pool_id = next((pool["Id"] for pool in pools if pool["Name"] == name), None)
    if pool_id is None:
        pool_id = cognito.create_user_pool(PoolName=name, **properties)["UserPool"]["Id"]
    return Made(pool_id, {"Arn": f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{pool_id}", "UserPoolId": pool_id})


def make_user_pool_client(order: Order) -> Made:
    cognito = client("cognito-idp", order.endpoint_url)
    properties = order.take(
        "ClientName",
        "ExplicitAuthFlows",
        "GenerateSecret",
        "PreventUserExistenceErrors",
        "UserPoolId",
        left_out=(
            "AccessTokenValidity",
            "IdTokenValidity",
            "RefreshTokenValidity",
            "TokenValidityUnits",
            "EnableTokenRevocation",
        ),
    )
    pool_id = properties.pop("UserPoolId")
    name = properties.pop("ClientName", order.name)
    clients = cognito.list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]
    client_id = next((each["ClientId"] for each in clients if each["ClientName"] == name), None)
    if client_id is None:
        answer = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName=name, **properties)
        client_id = answer["UserPoolClient"]["ClientId"]
    return Made(client_id, {"ClientId": client_id})


def make_secret(order: Order) -> Made:
    manager = client("secretsmanager", order.endpoint_url)
    properties = order.take("Name", "Description", "GenerateSecretString", "SecretString", left_out=("KmsKeyId",))
    name = properties.get("Name", order.name)
    try:
        arn = manager.describe_secret(SecretId=name)["ARN"]
    except manager.exceptions.ResourceNotFoundException:
        value = properties.get("SecretString") or _generated(properties.get("GenerateSecretString", {}))
        arn = manager.create_secret(Name=name, SecretString=value)["ARN"]
    return Made(arn, {"Id": arn})


def keep_secret(name: str, value: str, endpoint_url: str) -> str:
    """The ARN of a secret that holds ``value`` from now on."""
    manager = client("secretsmanager", endpoint_url)
    try:
        arn = manager.create_secret(Name=name, SecretString=value)["ARN"]
    except manager.exceptions.ResourceExistsException:
        arn = manager.put_secret_value(SecretId=name, SecretString=value)["ARN"]
    return str(arn)


def _generated(rules: Mapping[str, Any]) -> str:
    """A random secret by GenerateSecretString's rules, as far as templates commonly use them."""
    alphabet = string.ascii_letters + string.digits + ("" if rules.get("ExcludePunctuation") else string.punctuation)
    allowed = [character for character in alphabet if character not in rules.get("ExcludeCharacters", "")]
    password = "".join(secrets.choice(allowed) for _ in range(int(rules.get("PasswordLength", 32))))
    if "SecretStringTemplate" not in rules:
        return password
    return json.dumps({**json.loads(rules["SecretStringTemplate"]), rules["GenerateStringKey"]: password})


MAKERS: Final[Mapping[str, Callable[[Order], Made]]] = {
    "AWS::Cognito::UserPool": make_user_pool,
    "AWS::Cognito::UserPoolClient": make_user_pool_client,
    "AWS::DynamoDB::Table": make_table,
    "AWS::S3::Bucket": make_bucket,
    "AWS::SQS::Queue": make_queue,
    "AWS::SecretsManager::Secret": make_secret,
}
