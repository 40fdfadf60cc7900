"""/health: whether the service works; with ?deep=1, having asked what it stands on."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies import HealthQueryIn, Probing, ThisVisit
from renderiq.http.guards import open_door
from renderiq.http.responses import Flat
from renderiq.models.health import HealthOut
from renderiq.services.health import Findings

app = create_app(open_door)


@app.get("/health")
def show(query: HealthQueryIn, visit: ThisVisit, probes: Probing) -> Flat[HealthOut]:
    found = probes.ask(visit.now) if query.deep else Findings()
    return Flat(HealthOut.of(found, visit.client, visit.now))


lambda_handler = entrypoint(app)
