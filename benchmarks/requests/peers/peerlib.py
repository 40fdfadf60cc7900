"""What every peer's endpoint does around its framework: the token, the rate limit's write, the account, a JSON log line, EMF."""

import functools
import json
import logging
import os
import sys
import time


class JsonLines(logging.Formatter):
    def format(self, record):
        line = {
            "level": record.levelname,
            "location": f"{record.funcName}:{record.lineno}",
            "message": record.getMessage(),
            "timestamp": self.formatTime(record),
            "service": "peer",
            **getattr(record, "facts", {}),
        }
        return json.dumps(line)


logger = logging.getLogger("peer")
logger.setLevel(logging.INFO)
logger.propagate = False
_handler = logging.StreamHandler(sys.stdout)
_handler.setFormatter(JsonLines())
logger.addHandler(_handler)


class RefusedError(Exception):
    pass


@functools.cache
def client(service):
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2})
    return boto3.client(service, endpoint_url=os.environ["EMULATOR_URL"], config=config)


@functools.cache
def keys():
    """The current and the previous secret, by version, as the product reads them."""
    from botocore.exceptions import ClientError

    current = client("secretsmanager").get_secret_value(SecretId="s")
    found = {current["VersionId"]: current["SecretString"]}
    try:
        previous = client("secretsmanager").get_secret_value(SecretId="s", VersionStage="AWSPREVIOUS")
        found[previous["VersionId"]] = previous["SecretString"]
    except ClientError:
        pass
    return found


def caller(authorization):
    import jwt

    token = authorization.removeprefix("Bearer ")
    kid = jwt.get_unverified_header(token)["kid"]
    claims = jwt.decode(token, keys()[kid], algorithms=["HS256"], audience="renderiq-plugins", issuer="renderiq")
    return claims["sub"]


def admit(user):
    answer = client("dynamodb").update_item(
        TableName="p",
        Key={"principal": {"S": user}},
        UpdateExpression="ADD spent :c",
        ExpressionAttributeValues={":c": {"N": "1"}},
        ReturnValues="ALL_NEW",
    )
    return int(answer["Attributes"]["spent"]["N"])


def balance(user):
    answer = client("dynamodb").get_item(TableName="a", Key={"userId": {"S": user}}, ConsistentRead=True)
    return int(answer["Item"]["balance"]["N"])


def done(route, status, began, request_id):
    milliseconds = round((time.monotonic() - began) * 1000, 1)
    logger.info(
        "request", extra={"facts": {"route": route, "status": status, "milliseconds": milliseconds, "id": request_id}}
    )
    print(
        json.dumps(
            {
                "_aws": {
                    "Timestamp": int(time.time() * 1000),
                    "CloudWatchMetrics": [
                        {
                            "Namespace": "Peer",
                            "Dimensions": [["platform", "status"], ["status"]],
                            "Metrics": [
                                {"Name": "Requests", "Unit": "Count"},
                                {"Name": "Latency", "Unit": "Milliseconds"},
                            ],
                        }
                    ],
                },
                "platform": "unknown",
                "status": "2xx",
                "Requests": 1.0,
                "Latency": milliseconds,
            }
        )
    )


def accounted(handle):
    """The log line and the figures, around the whole of it: the cheapest place that every framework has."""

    def lambda_handler(event, context):
        began = time.monotonic()
        answer = handle(event, context)
        done(
            event["requestContext"].get("routeKey") or "",
            answer["statusCode"],
            began,
            event["requestContext"]["requestId"],
        )
        return answer

    return lambda_handler
