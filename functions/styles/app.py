"""/styles: list the styles of everybody, make one of your own."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanCreateRenders, Context, IfNoneMatch
from renderiq.http.dependencies.style_names import Registry
from renderiq.http.dependencies.styles import CoverUrl, OwnStyles, StyleBody
from renderiq.http.responses import Cacheable, Created
from renderiq.http.shared_reads import require_authentication_for_own
from renderiq.models.styles import StyleList, StyleOut

app = create_app(require_authentication_for_own)


@app.get("/styles", operation_id="listStyles")
@error_responses(ErrorCode.INVALID_INPUT)
def index(registry: Registry, cover_url: CoverUrl, known: IfNoneMatch) -> Cacheable[StyleList]:
    """List the styles.

    Every style in its newest version, in the order to show them, and the tree of categories. The first style is the
    default. The list changes with a deployment and is the same for all users. Caches may keep it for five minutes; a
    request with ``If-None-Match`` gets 304 if nothing has changed.
    """
    return Cacheable(StyleList.of(registry.newest(), registry.catalogue, url=cover_url), known=known)


@app.post("/styles", operation_id="createStyle")
@error_responses(ErrorCode.QUOTA_EXCEEDED)
def create(
    caller: CanCreateRenders, body: StyleBody, context: Context, styles: OwnStyles, cover_url: CoverUrl
) -> Created[StyleOut]:
    """Create a style of your own.

    It is made of a style of the list, whose version is pinned, and adds words, a setting, or a strength. An order names
    it as ``my:<id>`` or, for one version, as ``my:<id>@1``. Only you see it and can use it. An account may have 50
    styles.
    """
    created = styles.create(caller.owner_id, body.changes(), now=context.now, created_by=caller.created_by)
    return Created(StyleOut.of(created, url=cover_url))


lambda_handler = entrypoint(app)
