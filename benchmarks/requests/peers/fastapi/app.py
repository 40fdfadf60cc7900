import time
from typing import Annotated

import peerlib
from fastapi import Depends, FastAPI, Request, Response
from mangum import Mangum
from pydantic import BaseModel

app = FastAPI(openapi_url=None)


class Health(BaseModel):
    status: str
    version: str
    timestamp: float


class Credits(BaseModel):
    balance: int


# async, though boto3 blocks: a container has one request at a time, and threads would cost it more
async def caller(request: Request, response: Response) -> str:
    user = peerlib.caller(request.headers["authorization"])
    response.headers["X-RateLimit-Remaining"] = str(peerlib.admit(user))
    return user


@app.get("/api/plugins/health")
async def health() -> Health:
    return Health(status="ok", version="1", timestamp=time.time())


@app.get("/api/plugins/credits")
async def credits(user: Annotated[str, Depends(caller)]) -> Credits:
    return Credits(balance=peerlib.balance(user))


lambda_handler = peerlib.accounted(Mangum(app, lifespan="off"))
