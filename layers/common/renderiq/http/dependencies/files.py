"""Parameters of the endpoint that serves images."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.routing import Depends
from renderiq.services.file_links import FileLinks
from renderiq.stores.images import ImageStore
from renderiq.wiring.file_links import file_links
from renderiq.wiring.images import images

Links = Annotated[FileLinks, Depends(file_links)]
Images = Annotated[ImageStore, Depends(images)]
