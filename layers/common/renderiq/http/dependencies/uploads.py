"""Parameters of the upload endpoints."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.base import PathId
from renderiq.http.dependencies.inputs import BodyOf, QueryOf
from renderiq.http.routing import Depends
from renderiq.models.uploads import PartsIn, ResumableUploadIn, UploadIn, UploadsQuery
from renderiq.services.uploads import UploadService
from renderiq.wiring.uploads import upload_service

Uploads = Annotated[UploadService, Depends(upload_service)]
UploadId = Annotated[str, Depends(PathId("upload_id").read)]
UploadBody = Annotated[UploadIn, Depends(BodyOf(UploadIn).read)]
ResumableUploadBody = Annotated[ResumableUploadIn, Depends(BodyOf(ResumableUploadIn).read)]
PartsBody = Annotated[PartsIn, Depends(BodyOf(PartsIn).read)]
UploadPageQuery = Annotated[UploadsQuery, Depends(QueryOf(UploadsQuery).read)]
