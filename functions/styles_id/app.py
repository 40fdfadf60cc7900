"""/styles/{styleId}: read a style, change or delete one of your own."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import Context, IfNoneMatch, Session
from renderiq.http.dependencies.style_names import Asked
from renderiq.http.dependencies.styles import CoverUrl, Library, OwnStyles, Reader, StyleBody
from renderiq.http.responses import Cacheable, Ok
from renderiq.http.shared_reads import require_authentication_for_own
from renderiq.models.styles import StyleDeleted, StyleOut

app = create_app(require_authentication_for_own)


@app.get("/styles/<style_id>", operation_id="getStyle")
@error_responses(
    ErrorCode.INVALID_INPUT,
    ErrorCode.NOT_FOUND,
    ErrorCode.AUTH_REQUIRED,
    ErrorCode.INVALID_TOKEN,
    ErrorCode.TOKEN_EXPIRED,
    ErrorCode.INVALID_API_KEY,
    ErrorCode.API_KEY_EXPIRED,
    ErrorCode.API_KEY_REVOKED,
    ErrorCode.INSUFFICIENT_PERMISSIONS,
    ErrorCode.RATE_LIMIT_EXCEEDED,
)
def show(reader: Reader, asked: Asked, styles: Library, cover_url: CoverUrl, known: IfNoneMatch) -> Cacheable[StyleOut]:
    """Get a style.

    A ``name`` gives its newest version. A ``styleId`` gives that version, which never changes, so that caches may keep
    it for good. A style of yours needs your credentials, and an API key the scope ``renders:read``.
    """
    found = styles.find(reader.owner_id if reader else None, asked)
    return Cacheable(
        StyleOut.of(found, url=cover_url),
        known=known,
        immutable=asked.version is not None,
        private=found.own is not None,
    )


@app.put("/styles/<style_id>", operation_id="updateStyle")
@error_responses(ErrorCode.NOT_FOUND, ErrorCode.RESOURCE_CONFLICT, ErrorCode.QUOTA_EXCEEDED)
def update(
    caller: Session, asked: Asked, body: StyleBody, context: Context, styles: OwnStyles, cover_url: CoverUrl
) -> Ok[StyleOut]:
    """Change a style of your own.

    The fields replace all of the earlier ones, and the style gets its next version. Earlier versions go on rendering as
    they did. If the path names a version, it must be the newest: so two windows do not overwrite one another. A style
    may have 100 versions.
    """
    return Ok(
        StyleOut.of(
            styles.change(caller.owner_id, asked, body.changes(), now=context.now, check=caller.check_may_change),
            url=cover_url,
        )
    )


@app.delete("/styles/<style_id>", operation_id="deleteStyle")
@error_responses(ErrorCode.NOT_FOUND)
def delete(caller: Session, asked: Asked, styles: OwnStyles) -> Ok[StyleDeleted]:
    """Delete a style of your own.

    It is not listed any more, and its name cannot be ordered. Its versions still render for who names them.
    """
    return Ok(StyleDeleted(name=styles.delete(caller.owner_id, asked, check=caller.check_may_change).name))


lambda_handler = entrypoint(app)
