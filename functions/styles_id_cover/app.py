"""/styles/{styleId}/cover: the cover picture of a style."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import IfNoneMatch
from renderiq.http.dependencies.style_names import Asked, Registry, find_version
from renderiq.http.guards import allow_anonymous
from renderiq.http.responses import Picture

app = create_app(allow_anonymous)


@app.get("/styles/<style_id>/cover", operation_id="getStyleCover")
@error_responses(ErrorCode.INVALID_INPUT, ErrorCode.NOT_FOUND)
def show(asked: Asked, registry: Registry, known: IfNoneMatch) -> Picture:
    """Get the cover of a style.

    A WebP image of 480 by 270 pixels. That of a ``styleId`` never changes. A style of a user has the cover of its base.
    """
    style = find_version(registry, asked)
    return Picture(registry.cover(style), "image/webp", known=known, immutable=asked.version is not None)


lambda_handler = entrypoint(app)
