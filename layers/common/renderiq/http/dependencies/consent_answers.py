"""Parameters of the endpoint that answers a consent."""

from __future__ import annotations

from typing import Annotated

from renderiq.domain.consents import ConsentName
from renderiq.errors import not_found
from renderiq.http.dependencies.inputs import BodyOf
from renderiq.http.request import Request
from renderiq.http.routing import Depends
from renderiq.models.consents import ConsentIn
from renderiq.services.consent_answers import ConsentAnswers
from renderiq.wiring.consent_answers import consent_answers


def consent_name(request: Request) -> ConsentName:
    """Returns the consent that the path names. Raises ``NOT_FOUND``."""
    try:
        return ConsentName(request.path_parameters["consent_name"].lower())
    except ValueError as error:
        raise not_found("consent") from error


Answers = Annotated[ConsentAnswers, Depends(consent_answers)]
Named = Annotated[ConsentName, Depends(consent_name)]
ConsentBody = Annotated[ConsentIn, Depends(BodyOf(ConsentIn).read)]
