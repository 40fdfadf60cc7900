"""/uploads: announce a file that is too large for a request, list uploads."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanCreateRenders, CanReadRenders, Context
from renderiq.http.dependencies.idempotency import IdempotencyKey
from renderiq.http.dependencies.uploads import ResumableUploadBody, UploadBody, UploadPageQuery, Uploads
from renderiq.http.responses import Created, Ok
from renderiq.models.uploads import ResumableUploadCreated, UploadOut, UploadPage

app = create_app()


@app.post("/uploads", operation_id="createUpload")
@error_responses(
    ErrorCode.CONSENT_REQUIRED,
    ErrorCode.NOT_FOUND,
    ErrorCode.PAYLOAD_TOO_LARGE,
    ErrorCode.QUOTA_EXCEEDED,
    ErrorCode.IDEMPOTENCY_KEY_REUSED,
)
def create(
    caller: CanCreateRenders, body: UploadBody, idempotency_key: IdempotencyKey, context: Context, uploads: Uploads
) -> Created[UploadOut]:
    """Announce a file.

    Send its parts to the ``url`` of each by PUT, with exactly ``size`` bytes, in any order and as often as needed. Then
    complete the upload. An upload is open for 24 hours. A picture may have 100 MB and 40 megapixels. A user may have 20
    open uploads, and 20 GB in all.

    A 3D model needs the consent ``model_upload``; without it the response is ``CONSENT_REQUIRED``.

    ``parts`` has the first 100 parts. ``POST /uploads/{uploadId}/parts`` signs the others, and any part anew.

    A request that is repeated with its ``Idempotency-Key`` within 30 days returns the same upload, or ``NOT_FOUND`` if
    it was deleted meanwhile.
    """
    upload = uploads.create(
        caller.owner_id,
        body.spec(),
        retention=caller.retention,
        idempotency_key=idempotency_key,
        now=context.now,
        created_by=caller.created_by,
    )
    signed = uploads.sign_first(upload, now=context.now)
    return Created(UploadOut.of(upload, link=uploads.link, signed=signed))


@app.get("/uploads", operation_id="listUploads")
def index(caller: CanReadRenders, query: UploadPageQuery, uploads: Uploads) -> Ok[UploadPage]:
    """List uploads, from new to old.

    A page may be short or empty and have a `nextCursor` nevertheless: there may be more behind it.
    """
    page, cursor = uploads.page(
        caller.owner_id, limit=query.limit, before=query.cursor, status=query.stored_status(), purpose=query.purpose
    )
    return Ok(UploadPage(uploads=[UploadOut.of(each, link=uploads.link) for each in page], next_cursor=cursor))


@app.post("/uploads/resumable/init", operation_id="startResumableUpload")
@error_responses(ErrorCode.CONSENT_REQUIRED, ErrorCode.PAYLOAD_TOO_LARGE, ErrorCode.QUOTA_EXCEEDED)
def start(
    caller: CanCreateRenders, body: ResumableUploadBody, context: Context, uploads: Uploads
) -> Created[ResumableUploadCreated]:
    """Announce a file that is sent with one request.

    This is for plugins in use. ``uploadUrl`` takes the whole file by one PUT, with exactly ``totalSize`` bytes; a part
    of the file is refused. A file with a ``contentType`` of pictures is for ``capture``, a GLB is for ``model``.
    """
    upload = uploads.create(
        caller.owner_id,
        body.spec(),
        retention=caller.retention,
        in_one_part=True,
        now=context.now,
        created_by=caller.created_by,
    )
    [part] = uploads.sign_first(upload, now=context.now)
    return Created(ResumableUploadCreated(session_id=upload.upload_id, upload_url=part.url, expires_at=part.expires_at))


lambda_handler = entrypoint(app)
