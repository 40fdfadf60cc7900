"""/uploads/{uploadId}: see what has arrived, delete an upload."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanCreateRenders, CanReadRenders, Context
from renderiq.http.dependencies.upload_removal import Removal
from renderiq.http.dependencies.uploads import UploadId, Uploads
from renderiq.http.responses import Ok
from renderiq.models.uploads import UploadDeleted, UploadOut

app = create_app()


@app.get("/uploads/<upload_id>", operation_id="getUpload")
@error_responses(ErrorCode.NOT_FOUND)
def show(caller: CanReadRenders, upload_id: UploadId, uploads: Uploads) -> Ok[UploadOut]:
    """Get an upload.

    While it is open, ``parts`` tells which parts S3 has: a plugin that was interrupted sends the others.
    """
    upload, arrived = uploads.get(caller.owner_id, upload_id)
    return Ok(UploadOut.of(upload, link=uploads.link, arrived=arrived))


@app.delete("/uploads/<upload_id>", operation_id="deleteUpload")
@error_responses(ErrorCode.NOT_FOUND, ErrorCode.RESOURCE_CONFLICT)
def delete(caller: CanCreateRenders, upload_id: UploadId, context: Context, removal: Removal) -> Ok[UploadDeleted]:
    """Delete an upload.

    An open upload is aborted. ``RESOURCE_CONFLICT`` means that a render that has not ended needs it.
    """
    removal.delete(caller.owner_id, upload_id, now=context.now, check=caller.check_may_change)
    return Ok(UploadDeleted(upload_id=upload_id))


@app.get("/uploads/resumable/<upload_id>/status", operation_id="getResumableUpload")
@error_responses(ErrorCode.NOT_FOUND)
def show_resumable(caller: CanReadRenders, upload_id: UploadId, uploads: Uploads) -> Ok[UploadOut]:
    """Get an upload by its ``sessionId``.

    This is for plugins in use. It is the same as ``GET /uploads/{uploadId}``.
    """
    upload, arrived = uploads.get(caller.owner_id, upload_id)
    return Ok(UploadOut.of(upload, link=uploads.link, arrived=arrived, with_session_id=True))


lambda_handler = entrypoint(app)
