/** How a client tells the server who it is. */

import { VERSION } from "./version.js";

const NAMES: Record<string, string> = {
  sketchup: "SketchUp",
  revit: "Revit",
  autocad: "AutoCAD",
  rhino: "Rhino",
  archicad: "ArchiCAD",
  blender: "Blender",
  freecad: "FreeCAD",
};

/**
 * Returns the headers that name the host and the plugin.
 *
 * `runtime` names language and system, such as `node/20.1.0 linux`. Without it only those headers are returned that the
 * API accepts from the page of another origin.
 */
export function identityHeaders(
  platform: string,
  pluginVersion: string,
  runtime: string | null,
): Record<string, string> {
  const name = platform.toLowerCase();
  const shown = NAMES[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
  const headers = { "X-Renderiq-Platform": name, "X-Renderiq-Plugin-Version": pluginVersion };
  if (runtime === null) return headers;
  return {
    ...headers,
    "User-Agent": `Renderiq-Plugin/${shown}/${pluginVersion}`,
    "X-Renderiq-Client": `renderiq-typescript/${VERSION} ${runtime}`,
  };
}
