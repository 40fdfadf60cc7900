"""/capabilities: what this API offers, for the dialog of a plugin."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import IfNoneMatch
from renderiq.http.dependencies.capabilities import Offered
from renderiq.http.guards import allow_anonymous
from renderiq.http.responses import Cacheable
from renderiq.models.capabilities import CapabilitiesOut

app = create_app(allow_anonymous)


@app.get("/capabilities", operation_id="getCapabilities")
@error_responses(ErrorCode.INVALID_INPUT)
def show(offered: Offered, known: IfNoneMatch) -> Cacheable[CapabilitiesOut]:
    """Get what this API offers.

    Qualities with their sizes and prices, aspect ratios, models and what each can use, limits, and the versions of
    the plugins. It changes with a deployment and is the same for all users. Caches may keep it for five minutes; a
    request with ``If-None-Match`` gets 304 if nothing has changed.
    """
    return Cacheable(CapabilitiesOut.of(offered), known=known)


lambda_handler = entrypoint(app)
