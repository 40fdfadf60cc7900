/** Puts script and style into one page. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { build } from "esbuild";

/** SketchUp 2021 has Chromium 88. */
const TARGET = "chrome88";
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Returns a script as text, with all that it imports. */
export async function bundle(entry, options = {}) {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    target: TARGET,
    charset: "utf8",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".webp": "dataurl", ".png": "dataurl" },
    define: { VERSION: JSON.stringify(version) },
    logLevel: "warning",
    ...options,
  });
  return result.outputFiles[0].text.trim();
}

/** Returns the page. `before` are scripts that run before the panel, such as a mock host. */
export async function page(...before) {
  const script = await bundle("src/main.ts");
  const css = (await bundle("src/panel.css")).trim();
  const inline = (text) => text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
  const scripts = [...before, script].map(inline);
  const csp = [
    "default-src 'none'",
    `script-src ${scripts.map(hash).join(" ")}`,
    `style-src ${hash(css)}`,
    "img-src 'self' data: blob: file:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const parts = { csp, css, js: scripts.join("</script>\n<script>") };
  const template = readFileSync("src/panel.html", "utf8");
  for (const name of Object.keys(parts)) {
    if (!template.includes(`{${name}}`)) throw new Error(`src/panel.html has no {${name}}`);
  }
  return template.replace(/\{(csp|css|js)\}/g, (_, name) => parts[name]);
}
