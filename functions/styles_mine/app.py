"""/styles/mine: list the styles of the user."""

from renderiq.http.api import create_app, entrypoint
from renderiq.http.dependencies.base import CanReadRenders
from renderiq.http.dependencies.styles import CoverUrl, OwnStyles
from renderiq.http.responses import Ok
from renderiq.models.styles import OwnStyleList

app = create_app()


@app.get("/styles/mine", operation_id="listOwnStyles")
def index(caller: CanReadRenders, styles: OwnStyles, cover_url: CoverUrl) -> Ok[OwnStyleList]:
    """List your styles.

    From new to old, each in its newest version, without deleted ones.
    """
    return Ok(OwnStyleList.of(styles.list(caller.owner_id), url=cover_url))


lambda_handler = entrypoint(app)
