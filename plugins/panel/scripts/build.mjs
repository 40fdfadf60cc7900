/** Builds `dist/panel.html`, the one file that plugins put into their packages. */

import { mkdirSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { page } from "./bundle.mjs";

const html = await page();
mkdirSync("dist", { recursive: true });
writeFileSync("dist/panel.html", html);
const bytes = Buffer.byteLength(html);
console.log(`dist/panel.html: ${bytes} bytes, ${gzipSync(html, { level: 9 }).length} compressed by gzip`);
