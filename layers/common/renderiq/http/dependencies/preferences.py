"""Parameters of the settings endpoint."""

from __future__ import annotations

from typing import Annotated

from renderiq.http.dependencies.inputs import BodyOf
from renderiq.http.routing import Depends
from renderiq.models.preferences import PreferencesIn
from renderiq.services.preferences import PreferenceService
from renderiq.wiring.preferences import preference_service

Preferences = Annotated[PreferenceService, Depends(preference_service)]
PreferencesBody = Annotated[PreferencesIn, Depends(BodyOf(PreferencesIn).read)]
