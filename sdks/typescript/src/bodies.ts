/** Bodies of requests: JSON, and forms with files. */

import { type Bytes, joined, utf8 } from "./bytes.js";
import type { PictureFile } from "./contents.js";
import { randomId } from "./ids.js";

/** A body and its content type. */
export interface Body {
  content: Bytes;
  type: string;
}

/** Returns a body of JSON. */
export function jsonBody(value: object): Body {
  return { content: utf8(JSON.stringify(value)), type: "application/json" };
}

/** Returns a form (RFC 7578). Fields without a value are left out; objects are JSON. */
export function formBody(fields: Record<string, unknown>, files: Record<string, PictureFile>): Body {
  const boundary = `renderiq-${randomId()}`;
  const parts: Uint8Array[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === null) continue;
    const text = typeof value === "string" ? value : JSON.stringify(value);
    parts.push(utf8(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`));
  }
  for (const [name, file] of Object.entries(files)) {
    const safe = file.name.replace(/"/g, "'").replace(/[\r\n]/g, " ");
    const head = `Content-Disposition: form-data; name="${name}"; filename="${safe}"\r\nContent-Type: ${file.type}`;
    parts.push(utf8(`--${boundary}\r\n${head}\r\n\r\n`), file.bytes, utf8("\r\n"));
  }
  parts.push(utf8(`--${boundary}--\r\n`));
  return { content: joined(parts), type: `multipart/form-data; boundary=${boundary}` };
}
