import time

import peerlib
from litestar import Litestar, Request, get
from litestar.di import Provide
from litestar.response import Response
from mangum import Mangum
from msgspec import Struct


class Health(Struct):
    status: str
    version: str
    timestamp: float


class Credits(Struct):
    balance: int


async def caller(request: Request) -> str:
    user = peerlib.caller(request.headers["authorization"])
    request.state.left = peerlib.admit(user)
    return user


@get("/api/plugins/health")
async def health() -> Health:
    return Health(status="ok", version="1", timestamp=time.time())


@get("/api/plugins/credits", dependencies={"user": Provide(caller)})
async def credits(user: str, request: Request) -> Response[Credits]:
    return Response(Credits(balance=peerlib.balance(user)), headers={"X-RateLimit-Remaining": str(request.state.left)})


app = Litestar([health, credits], openapi_config=None)
lambda_handler = peerlib.accounted(Mangum(app, lifespan="off"))
