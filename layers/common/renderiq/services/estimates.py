"""What an estimate needs to know of the 3D model of an order."""

from __future__ import annotations

from dataclasses import dataclass, replace

from renderiq.domain.renders import Order
from renderiq.domain.uploads import Purpose
from renderiq.errors import invalid_field
from renderiq.stores.uploads import UploadStore


@dataclass(frozen=True, slots=True)
class EstimateService:
    """Looks 3D models up."""

    uploads: UploadStore

    def with_model(self, user_id: str, order: Order, upload_id: str | None) -> Order:
        """Returns the order with the triangles of the model that it names, if it names one.

        Of a model that has not arrived, the announced size is known. Raises ``NOT_FOUND``, and ``INVALID_INPUT`` for an
        upload for another purpose.
        """
        if upload_id is None:
            return order
        upload = self.uploads.get(user_id, upload_id)
        if upload.spec.purpose is not Purpose.MODEL:
            problem = f"names an upload for {upload.spec.purpose}, and must name one for {Purpose.MODEL}"
            raise invalid_field("modelUploadId", problem)
        return replace(order, triangles=upload.likely_triangles)
