"""The attributes of a render, and how they are read and written."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from renderiq.clock import from_iso, to_iso
from renderiq.domain.reconciliation import RenderCharge
from renderiq.domain.recovery import DueRender
from renderiq.domain.render_layers import LayerKind, LayerMaterial, RenderLayer
from renderiq.domain.renders import (
    AspectRatio,
    EngineMode,
    EngineReport,
    Fit,
    Order,
    OutputFormat,
    Quality,
    Render,
    RenderOutput,
    Status,
    Structure,
    worker_of,
)
from renderiq.domain.retention import DEFAULT_RETENTION, RetentionPeriod
from renderiq.domain.scene_description import Camera, Projection, Sun, SurfaceMaterial
from renderiq.domain.styles import SceneSetting, StyleChanges, style_id_of
from renderiq.stores.items import Item, to_attributes


def key(user_id: str, render_id: str) -> dict[str, Any]:
    """Returns the primary key of a render, as attribute values."""
    return to_attributes({"userId": user_id, "renderId": render_id})


def to_item(render: Render) -> Item:
    """Returns the item of a new render, without the attributes of the due index."""
    order = render.order
    return {
        "userId": render.user_id,
        "renderId": render.render_id,
        "projectId": order.project_id,
        "status": render.status,
        "progress": render.progress,
        "attempts": render.attempts,
        "cost": render.cost,
        "captureKey": render.capture_key,
        "depthKey": render.depth_key,
        "materialIdKey": render.material_id_key,
        "normalKey": render.normal_key,
        "modelKey": render.model_key,
        "batch": list(render.batch) or None,
        "isLarge": render.is_large or None,
        "platform": render.platform,
        "pluginVersion": render.plugin_version,
        "agent": render.agent,
        "createdBy": render.created_by,
        "waits": render.waits or None,
        "createdAt": to_iso(render.created_at),
        # Most renders have the defaults. Without them, the item of a render that has ended fits into a write unit.
        "captureRetention": _unless_default(render.capture_retention, DEFAULT_RETENTION.captures),
        "retention": _unless_default(render.retention, DEFAULT_RETENTION.renders),
        "expiresAt": record_end(render.retention, render.created_at, render.created_at),
        "order": {
            "style": order.style,
            "styleId": order.style_id,
            "quality": order.quality,
            "aspectRatio": order.aspect_ratio,
            "prompt": order.prompt,
            "negativePrompt": order.negative_prompt,
            "seed": order.seed,
            "structureStrength": order.structure_strength,
            "outputFormat": order.output_format,
            "engine": order.engine,
            "model": order.model,
            "callbackUrl": order.callback_url,
            # As text: DynamoDB cannot store every number of JSON.
            "metadata": json.dumps(order.metadata),
            **({"outputSize": order.output_size} if order.output_size else {}),
            **({"camera": json.dumps(asdict(order.camera))} if order.camera else {}),
            **({"sun": json.dumps(asdict(order.sun))} if order.sun else {}),
            **({"layers": list(order.layers)} if order.layers else {}),
            **({"triangles": order.triangles} if order.triangles is not None else {}),
            **({"price": order.price} if order.price is not None else {}),
            **({"materials": order.materials} if order.materials else {}),
            **({"ownStyle": json.dumps(asdict(order.own_style))} if order.own_style else {}),
        },
    }


def from_item(item: Item) -> Render:
    """Reads a render. Raises KeyError, TypeError or ValueError for an item that it cannot read."""
    order = item["order"]
    return Render(
        render_id=item["renderId"],
        user_id=item["userId"],
        order=Order(
            # Records from before styles had versions have none: that was version 1.
            style_id=order.get("styleId") or style_id_of(order["style"], 1),
            quality=Quality(order["quality"]),
            aspect_ratio=AspectRatio(order["aspectRatio"]),
            prompt=order["prompt"],
            negative_prompt=order["negativePrompt"],
            seed=order["seed"],
            structure_strength=order["structureStrength"],
            output_format=OutputFormat(order["outputFormat"]),
            engine=order["engine"],
            model=order.get("model", ""),
            project_id=item.get("projectId"),
            callback_url=order["callbackUrl"],
            metadata=json.loads(order["metadata"]),
            fit=Fit.SOURCE if "outputSize" in order else Fit.RATIO,
            output_size=tuple(order["outputSize"]) if "outputSize" in order else None,
            camera=_camera(order["camera"]) if "camera" in order else None,
            materials={colour: SurfaceMaterial(name) for colour, name in order.get("materials", {}).items()},
            own_style=_own_style(order["ownStyle"]) if "ownStyle" in order else None,
            sun=Sun(**json.loads(order["sun"])) if "sun" in order else None,
            price=order.get("price"),
            layers=tuple(LayerKind(kind) for kind in order.get("layers", ())),
            triangles=order.get("triangles"),
        ),
        cost=item["cost"],
        capture_key=item["captureKey"],
        platform=item["platform"],
        plugin_version=item.get("pluginVersion"),
        agent=item.get("agent", ""),
        created_at=from_iso(item["createdAt"]),
        status=Status(item["status"]),
        progress=item["progress"],
        attempts=item["attempts"],
        started_at=_time(item, "startedAt"),
        completed_at=_time(item, "completedAt"),
        output=_output(item["picture"]) if item.get("picture") else None,
        error=item.get("errorMessage"),
        error_code=item.get("errorCode"),
        cancel_requested=item.get("cancelRequested", False),
        pending_events=frozenset(item.get("owes", ())),
        depth_key=item.get("depthKey"),
        material_id_key=item.get("materialIdKey"),
        normal_key=item.get("normalKey"),
        model_key=item.get("modelKey"),
        batch=tuple(item.get("batch", ())),
        structure=_structure(item["structure"]) if "structure" in item else None,
        is_large=item.get("isLarge", False),
        capture_retention=RetentionPeriod(item.get("captureRetention", DEFAULT_RETENTION.captures)),
        retention=RetentionPeriod(item.get("retention", DEFAULT_RETENTION.renders)),
        created_by=item.get("createdBy"),
        waits=item.get("waits", False),
    )


def record_end(retention: RetentionPeriod, created_at: datetime, now: datetime) -> int | None:
    """Returns when DynamoDB deletes the record, in Unix seconds, or None."""
    end = retention.record_end(created_at, now)
    return None if end is None else int(end.timestamp())


def read_render(item: Item) -> Render | None:
    """Reads a render, or returns None for an item that cannot be read."""
    try:
        return from_item(item)
    except (KeyError, TypeError, ValueError):
        return None


def structure_item(structure: Structure) -> Item:
    """Returns the value of the attribute ``structure``."""
    return {"pictureKey": structure.picture_key, "depthKey": structure.depth_key}


def _structure(item: Item) -> Structure:
    return Structure(item["pictureKey"], item["depthKey"])


def output_item(output: RenderOutput) -> Item:
    """Returns the value of the attribute ``picture``."""
    item: Item = {
        "key": output.key,
        "thumbnailKey": output.thumbnail_key,
        "width": output.width,
        "height": output.height,
    }
    if report := output.engine_report:
        item["engineReport"] = {"mode": report.mode, "confidence": report.confidence, "reasons": list(report.reasons)}
    if output.layers:
        # As text: DynamoDB has no floats.
        item["layers"] = json.dumps([asdict(layer) for layer in output.layers])
    return item


def due_render_from_item(item: Item) -> DueRender:
    """Reads the part of a due render that the sweeper needs.

    Raises KeyError, TypeError or ValueError for an item that it cannot read.
    """
    created_at, lease_until = from_iso(item["createdAt"]), _time(item, "leaseUntil")
    return DueRender(
        user_id=item["userId"],
        render_id=item["renderId"],
        status=Status(item["status"]),
        attempts=_integer(item, "attempts"),
        cost=_integer(item, "cost"),
        created_at=created_at,
        due_at=from_iso(item["dueAt"]),
        since=_time(item, "completedAt") or lease_until or _time(item, "owedSince") or created_at,
        lease_until=lease_until,
        cancel_requested=item.get("cancelRequested", False),
        worker=_worker(item),
        created_by=item.get("createdBy"),
        waits=item.get("waits", False),
    )


def _worker(item: Item) -> str:
    """Returns the name of the worker of a record of which only a part can be read."""
    order = item.get("order")
    engine = str(order.get("engine", "")) if isinstance(order, dict) else ""
    return worker_of(
        engine, has_model="modelKey" in item, is_traced="structure" in item, is_large=item.get("isLarge") is True
    )


def charge_from_item(item: Item) -> RenderCharge:
    """Reads what a render cost. It never fails, so that reconciliation can report an item that it cannot read."""
    try:
        return RenderCharge(
            item["renderId"], Status(item["status"]), _integer(item, "cost"), waits=item.get("waits", False)
        )
    except (KeyError, TypeError, ValueError):
        return RenderCharge(item["renderId"], None, None)


def _output(item: Item) -> RenderOutput:
    report = item.get("engineReport")
    return RenderOutput(
        key=item["key"],
        thumbnail_key=item["thumbnailKey"],
        width=item["width"],
        height=item["height"],
        engine_report=EngineReport(EngineMode(report["mode"]), report["confidence"], tuple(report["reasons"]))
        if report
        else None,
        layers=tuple(_layer(fields) for fields in json.loads(item["layers"])) if "layers" in item else (),
    )


def _layer(fields: Item) -> RenderLayer:
    materials = tuple(LayerMaterial(**each) for each in fields["materials"])
    return RenderLayer(**(fields | {"kind": LayerKind(fields["kind"]), "materials": materials}))


def _camera(text: str) -> Camera:
    fields = json.loads(text)
    vectors = {
        name: tuple(fields[name]) if fields.get(name) else None for name in ("position", "target", "up", "shift")
    }
    return Camera(**(fields | vectors | {"projection": Projection(fields["projection"])}))


def _own_style(text: str) -> StyleChanges:
    fields = json.loads(text)
    return StyleChanges(**(fields | {"setting": SceneSetting(**fields["setting"])}))


def _unless_default(period: RetentionPeriod, default: RetentionPeriod) -> RetentionPeriod | None:
    return None if period is default else period


def _integer(item: Item, name: str) -> int:
    number = item[name]
    if not isinstance(number, int):
        raise TypeError(f"{name} is not an integer")
    return number


def _time(item: Item, name: str) -> datetime | None:
    return from_iso(item[name]) if name in item else None
