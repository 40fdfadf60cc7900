import time
from typing import Annotated

import peerlib
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Header
from aws_lambda_powertools.metrics import MetricUnit
from pydantic import BaseModel

logger = Logger(service="peer")
metrics = Metrics(namespace="Peer", service="peer")
app = APIGatewayHttpResolver(enable_validation=True, strip_prefixes=["/api/plugins"])


class Health(BaseModel):
    status: str
    version: str
    timestamp: float


class Credits(BaseModel):
    balance: int


@app.get("/health")
def health() -> Health:
    return Health(status="ok", version="1", timestamp=time.time())


@app.get("/credits")
def credits(authorization: Annotated[str, Header()]) -> Response[Credits]:
    user = peerlib.caller(authorization)
    left = peerlib.admit(user)
    return Response(
        200, "application/json", Credits(balance=peerlib.balance(user)), {"X-RateLimit-Remaining": str(left)}
    )


@metrics.log_metrics
def lambda_handler(event, context):
    began = time.monotonic()
    logger.set_correlation_id(event["requestContext"]["requestId"])
    answer = app.resolve(event, context)
    milliseconds = round((time.monotonic() - began) * 1000, 1)
    logger.info(
        "request", extra={"route": event["routeKey"], "status": answer["statusCode"], "milliseconds": milliseconds}
    )
    metrics.add_dimension("status", "2xx")
    metrics.add_metric("Requests", MetricUnit.Count, 1)
    metrics.add_metric("Latency", MetricUnit.Milliseconds, milliseconds)
    return answer
