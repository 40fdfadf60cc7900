"""/health: whether the service works; with ?deep=1, having asked what it stands on."""

from aws_lambda_powertools.event_handler import Response

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import HealthQueryIn, Probing, ThisVisit
from renderiq.http.guards import open_door
from renderiq.http.responses import flat
from renderiq.models.health import HealthOut
from renderiq.services.health import Findings

app = create_app(open_door)


@app.get("/health")
def show(query: HealthQueryIn, visit: ThisVisit, probes: Probing) -> Response[str]:
    found = probes.ask(visit.now) if query.deep else Findings()
    return flat(HealthOut.of(found, visit.client, visit.now))


lambda_handler = entrypoint(app)
