"""/uploads/{uploadId}/parts: sign the URLs of parts."""

from renderiq.errors import ErrorCode
from renderiq.http.api import create_app, entrypoint, error_responses
from renderiq.http.dependencies.base import CanCreateRenders, Context
from renderiq.http.dependencies.uploads import PartsBody, UploadId, Uploads
from renderiq.http.responses import Ok
from renderiq.models.uploads import SignedPartList, SignedPartOut

app = create_app()


@app.post("/uploads/<upload_id>/parts", operation_id="signUploadParts")
@error_responses(ErrorCode.CONSENT_REQUIRED, ErrorCode.NOT_FOUND, ErrorCode.RESOURCE_CONFLICT)
def sign(
    caller: CanCreateRenders, upload_id: UploadId, body: PartsBody, context: Context, uploads: Uploads
) -> Ok[SignedPartList]:
    """Sign parts of an upload.

    A URL works for an hour. Ask again when S3 answers 403, and as often as you want.
    """
    signed = uploads.sign(caller.owner_id, upload_id, body.part_numbers, now=context.now)
    return Ok(SignedPartList(parts=[SignedPartOut.of(part) for part in signed]))


lambda_handler = entrypoint(app)
