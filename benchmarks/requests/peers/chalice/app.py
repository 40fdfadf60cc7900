import time

import peerlib
from chalice import Chalice, Response

app = Chalice(app_name="peer")


@app.route("/api/plugins/health")
def health():
    return {"status": "ok", "version": "1", "timestamp": time.time()}


@app.route("/api/plugins/credits")
def credits():
    user = peerlib.caller(app.current_request.headers["authorization"])
    left = peerlib.admit(user)
    return Response({"balance": peerlib.balance(user)}, headers={"X-RateLimit-Remaining": str(left)})


lambda_handler = peerlib.accounted(app)
