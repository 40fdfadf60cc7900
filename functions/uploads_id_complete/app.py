"""/uploads/{uploadId}/complete: put the parts together and check the file."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanCreateRenders, Context
from renderiq.http.dependencies.uploads import UploadId, Uploads
from renderiq.http.responses import Ok
from renderiq.models.uploads import ResumableUploadAnswer, UploadOut

app = create_app()


@app.post("/uploads/<upload_id>/complete", operation_id="completeUpload")
@error_responses(
    ErrorCode.CONSENT_REQUIRED, ErrorCode.NOT_FOUND, ErrorCode.UPLOAD_INCOMPLETE, ErrorCode.UPLOAD_REJECTED
)
def complete(caller: CanCreateRenders, upload_id: UploadId, context: Context, uploads: Uploads) -> Ok[UploadOut]:
    """Complete an upload.

    The parts become one file, which is checked: its first bytes, and all of it if a ``sha256`` was announced.
    ``UPLOAD_INCOMPLETE`` names the missing parts in ``details.missingParts``; send them and complete again.
    ``UPLOAD_REJECTED`` means that the file is not what was announced; the upload has failed and its bytes are deleted.
    A request without a response may be repeated.
    """
    upload = uploads.complete(caller.owner_id, upload_id, retention=caller.retention, now=context.now)
    return Ok(UploadOut.of(upload, link=uploads.link))


@app.post("/uploads/resumable/<upload_id>/finalize", operation_id="finalizeResumableUpload")
@error_responses(
    ErrorCode.CONSENT_REQUIRED, ErrorCode.NOT_FOUND, ErrorCode.UPLOAD_INCOMPLETE, ErrorCode.UPLOAD_REJECTED
)
def finalize(
    caller: CanCreateRenders, upload_id: UploadId, context: Context, uploads: Uploads
) -> Ok[ResumableUploadAnswer]:
    """Complete an upload by its ``sessionId``.

    This is for plugins in use. It does the same as ``POST /uploads/{uploadId}/complete``.
    """
    upload = uploads.complete(caller.owner_id, upload_id, retention=caller.retention, now=context.now)
    return Ok(ResumableUploadAnswer(url=uploads.link(upload), upload_id=upload.upload_id))


lambda_handler = entrypoint(app)
