"""Draws a staged scene as a host's viewport shows it. Needs the environment .venv-captures."""

from __future__ import annotations

import bpy
import numpy as np
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector
from PIL import Image, ImageDraw

from benchmarks.captures import scenes
from benchmarks.captures.catalogue import DisplayStyle, Rgb
from benchmarks.captures.scenes import FINER
from benchmarks.captures.truth import Maps, Mask, Numbers

SHADOW = 0.58
"""What a drawn shadow leaves of a colour: the hue stays."""
LINES_ARE_FOR = 1280
"""The width of the captures that the width of lines is meant for; smaller captures have thinner lines."""
GROUND: Rgb = (190, 190, 198)
SELECTED: Rgb = (60, 110, 230)
PLAIN: dict[str, Rgb] = {"light grey": (214, 216, 220), "dark grey": (61, 61, 61), "white": (255, 255, 255)}
GRADIENTS: dict[str, tuple[Rgb, Rgb]] = {
    "blue gradient": ((51, 51, 102), (152, 152, 178)),
    "grid": ((63, 63, 63), (55, 55, 55)),
}


def draw(scene: bpy.types.Scene, maps: Maps, style: DisplayStyle) -> Image.Image:
    """The capture in its final size. ``maps`` are those of the scene in the size that it is drawn in."""
    behind = backdrop(scene, style)
    shown = workbench(scene, style)
    colours, alpha = shown[..., :3], shown[..., 3:]
    if style.light == "FACES":
        colours = colours * face_tones(maps, sun_of(scene))[..., None]
    if style.textures:
        colours = colours * patterns(maps)[..., None]
    if style.shadows:
        model, ground = scenes.read_shadows(scene, sun_of(scene))
        colours = np.where(model[..., None], SHADOW * colours, colours)
        behind = np.where(ground[..., None], SHADOW * behind, behind)
    picture = behind * (1 - alpha) + 255 * np.clip(colours, 0, 1) * alpha
    if style.selection:
        picture = select(picture, maps)
    if style.lines:
        width = max(FINER, style.lines * maps.objects.shape[1] // LINES_ARE_FOR)
        picture[thick(maps.borders(), width)] = style.line_colour
    fine = Image.fromarray(np.clip(np.round(picture), 0, 255).astype(np.uint8))
    return fine.reduce(FINER)


def workbench(scene: bpy.types.Scene, style: DisplayStyle) -> Numbers:
    """Renders ``scene`` in a display style with Workbench; returns its pixels."""
    shading = scene.display.shading
    shading.light = "FLAT" if style.light == "FACES" else style.light
    if style.light == "MATCAP":
        shading.studio_light = "basic_grey.exr" if _has_matcap("basic_grey.exr") else shading.studio_light
    shading.color_type = "SINGLE" if style.white else "MATERIAL"
    shading.single_color = (0.9, 0.9, 0.9) if style.light != "FLAT" else (1, 1, 1)
    shading.show_specular_highlight = False
    shading.show_cavity, shading.cavity_type = style.cavity, "BOTH"
    shading.show_xray, shading.xray_alpha = style.xray, 0.45
    return scenes.render_workbench(scene)


def _has_matcap(name: str) -> bool:
    return any(light.name == name for light in bpy.context.preferences.studio_lights)


def sun_of(scene: bpy.types.Scene) -> Vector:
    """Where the sun is: on the left of the viewer and slightly behind, so that shadows fall into view."""
    turn = scene.camera.matrix_world.to_3x3()
    right = turn @ Vector((1, 0, 0))
    back = Vector((-right.y, right.x, 0)) * -1
    return (-0.7 * right + 0.35 * back + Vector((0, 0, 0.75))).normalized()


def face_tones(maps: Maps, sun: Vector) -> Numbers:
    """One tone per direction, so that a vertical edge shows without a line."""
    lit = (maps.normals @ np.array(sun, np.float32)).clip(0, None)
    tone = 0.68 + 0.3 * lit + 0.04 * maps.normals[..., 2]
    return np.where(maps.objects > 0, tone, 1).astype(np.float32)


def patterns(maps: Maps) -> Numbers:
    """A factor per pixel: bricks, planks, tiles or nothing, by the number of the material."""
    upright = np.abs(maps.normals[..., 2]) < 0.5
    side = np.abs(maps.normals[..., 0]) > np.abs(maps.normals[..., 1])
    x, y, z = np.moveaxis(maps.positions, 2, 0)
    along = np.where(upright & side, y, x)
    rise = np.where(upright, z, y)
    row = np.floor(rise / 0.22)
    shifted = along / 0.5 + 0.5 * (row % 2)
    bricks = 1 - 0.25 * ((rise / 0.22 % 1 < 0.12) | (shifted % 1 < 0.05))
    bricks = bricks - 0.12 * (np.sin(np.floor(shifted) * 12.9 + row * 78.2) * 43.7 % 1)
    plank = np.floor(along / 0.3)
    planks = 0.9 + 0.1 * np.sin(plank * 7.7) + 0.06 * np.sin(rise * 4 + np.sin(along * 60 + plank) * 1.5)
    planks = planks - 0.25 * (along / 0.3 % 1 < 0.05)
    tiles = 1 - 0.2 * ((along / 0.6 % 1 < 0.04) | (rise / 0.6 % 1 < 0.04))
    kind = maps.materials % 4
    factor: Numbers = np.select([kind == 1, kind == 2, kind == 3], [bricks, planks, tiles], 1.0).astype(np.float32)
    return factor


def select(picture: Numbers, maps: Maps) -> Numbers:
    """Tints one object in the middle sizes, and draws its outline."""
    values, counts = np.unique(maps.objects[maps.objects > 0], return_counts=True)
    chosen = maps.objects == values[np.argsort(-counts)[min(2, len(values) - 1)]]
    picture = np.where(chosen[..., None], 0.45 * picture + 0.55 * np.array(SELECTED), picture)
    edge = np.zeros_like(chosen)
    edge[1:] |= chosen[1:] != chosen[:-1]
    edge[:, 1:] |= chosen[:, 1:] != chosen[:, :-1]
    picture[thick(edge, 3 * FINER)] = SELECTED
    return picture


def thick(mask: Mask, width: int) -> Mask:
    """The mask grown to lines of about ``width`` pixels."""
    grown = mask.copy()
    for shift in range(1, width):
        offset = (shift + 1) // 2 * (1 if shift % 2 else -1)
        grown |= np.roll(mask, offset, 0)
    mask = grown.copy()
    for shift in range(1, width):
        offset = (shift + 1) // 2 * (1 if shift % 2 else -1)
        grown |= np.roll(mask, offset, 1)
    return grown


def backdrop(scene: bpy.types.Scene, style: DisplayStyle) -> Numbers:
    """What is behind the model, from 0 to 255, shape (height, width, 3)."""
    width, height = scene.render.resolution_x, scene.render.resolution_y
    if style.backdrop in PLAIN:
        return np.full((height, width, 3), PLAIN[style.backdrop], np.float32)
    if style.backdrop == "sky and ground":
        return sky_and_ground(scene)
    picture = np.repeat(mix(*GRADIENTS[style.backdrop], np.linspace(0, 1, height, dtype=np.float32))[:, None], width, 1)
    return grid(scene, picture) if style.backdrop == "grid" else picture


def mix(first: Rgb, last: Rgb, part: Numbers) -> Numbers:
    """Colours from ``first`` (where ``part`` is 0) to ``last`` (1)."""
    weight = part[..., None]
    mixed: Numbers = ((1 - weight) * np.array(first) + weight * np.array(last)).astype(np.float32)
    return mixed


def sky_and_ground(scene: bpy.types.Scene) -> Numbers:
    """SketchUp's backdrop: a sky that pales towards the horizon, and a flat ground under it."""
    sky = mix((200, 230, 245), (0, 150, 215), np.clip(rise(scene) / 0.5, 0, 1))
    return np.where(above_horizon(scene)[..., None], sky, np.array(GROUND, np.float32))


def above_horizon(scene: bpy.types.Scene) -> Mask:
    """In a parallel view from above there is no sky."""
    return rise(scene) > 0


def rise(scene: bpy.types.Scene) -> Numbers:
    """The sine of the angle of each pixel's ray above the horizon."""
    _, direction = scenes.rays(scene)
    sine: Numbers = direction[..., 2] / np.linalg.norm(direction, axis=2)
    return sine


def grid(scene: bpy.types.Scene, picture: Numbers) -> Numbers:
    """Blender's floor: a line per metre that fades with distance, and coloured axes."""
    image = Image.fromarray(picture.astype(np.uint8))
    pen = ImageDraw.Draw(image)
    lines = [(number, axis) for number in range(-30, 31) for axis in (0, 1)]
    for number, axis in sorted(lines, key=lambda line: line[0] == 0):
        shade = 84 if number % 10 == 0 else 74
        colour = ((139, 54, 65), (86, 125, 31))[axis] if number == 0 else (shade, shade, shade)
        for start in range(-30, 30):
            ends = [Vector((step, number, 0) if axis == 0 else (number, step, 0)) for step in (start, start + 1)]
            points = [world_to_camera_view(scene, scene.camera, end) for end in ends]
            if all(point.z > 0.1 for point in points):
                pen.line([(p.x * image.width, (1 - p.y) * image.height) for p in points], colour, FINER)
    return np.asarray(image).astype(np.float32)
