"""The attributes of a render, and how they are read and written."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from renderiq.clock import from_iso, to_iso
from renderiq.domain.reconciliation import RenderCharge
from renderiq.domain.recovery import DueRender
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
    Style,
)
from renderiq.domain.scene_description import Camera, Projection, SurfaceMaterial
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
        "batch": list(render.batch) or None,
        "platform": render.platform,
        "pluginVersion": render.plugin_version,
        "agent": render.agent,
        "createdAt": to_iso(render.created_at),
        "order": {
            "style": order.style,
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
            **({"materials": order.materials} if order.materials else {}),
        },
    }


def from_item(item: Item) -> Render:
    """Reads a render. Raises KeyError, TypeError or ValueError for an item that it cannot read."""
    order = item["order"]
    return Render(
        render_id=item["renderId"],
        user_id=item["userId"],
        order=Order(
            style=Style(order["style"]),
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
        batch=tuple(item.get("batch", ())),
    )


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
    )


def charge_from_item(item: Item) -> RenderCharge:
    """Reads what a render cost. It never fails, so that reconciliation can report an item that it cannot read."""
    try:
        return RenderCharge(item["renderId"], Status(item["status"]), _integer(item, "cost"))
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
    )


def _camera(text: str) -> Camera:
    fields = json.loads(text)
    vectors = {name: tuple(fields[name]) if fields[name] else None for name in ("position", "target", "up")}
    return Camera(**(fields | vectors | {"projection": Projection(fields["projection"])}))


def _integer(item: Item, name: str) -> int:
    number = item[name]
    if not isinstance(number, int):
        raise TypeError(f"{name} is not an integer")
    return number


def _time(item: Item, name: str) -> datetime | None:
    return from_iso(item[name]) if name in item else None
