"""The parameter of endpoints whose responses have links to images."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.routing import Depends
from renderiq.services.file_links import FileLinks
from renderiq.wiring.file_links import file_links

Links = Annotated[FileLinks, Depends(file_links)]
