"""Parameters of the endpoint that changes and deletes an organisation."""

from __future__ import annotations

from typing import Annotated

from renderiq.domain.access import Permission
from renderiq.http.dependencies.organizations import OrganizationCaller, RequiresRole
from renderiq.http.routing import Depends
from renderiq.services.organization_deletion import OrganizationDeletion
from renderiq.services.organization_retention import OrganizationRetention
from renderiq.wiring.organization_deletion import organization_deletion
from renderiq.wiring.organization_retention import organization_retention

CanDeleteOrganization = Annotated[OrganizationCaller, Depends(RequiresRole(Permission.DELETE_ORGANIZATION).check)]
OrganizationDeletions = Annotated[OrganizationDeletion, Depends(organization_deletion)]
RetentionTasks = Annotated[OrganizationRetention, Depends(organization_retention)]
