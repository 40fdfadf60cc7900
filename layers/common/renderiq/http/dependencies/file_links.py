"""The parameter that makes and reads links to images."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from renderiq.services.file_links import FileLinks
from renderiq.wiring.file_links import file_links

Links = Annotated[FileLinks, Depends(file_links)]
