/** Checks messages against `protocol/schema.json`. */

import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";

const schema = JSON.parse(readFileSync("protocol/schema.json", "utf8"));
const ajv = new Ajv({ strict: false });
ajv.addSchema({ ...schema, $id: "panel" });
export const METHODS = Object.keys(schema.$defs.params.$defs);
export const vectors = JSON.parse(readFileSync("protocol/vectors.json", "utf8"));

/** Returns what is wrong, or an empty text. */
export function problemsOf(path, value) {
  const validate = ajv.getSchema(`panel#/$defs/${path}`);
  return validate(value) ? "" : ajv.errorsText(validate.errors);
}

/** Returns the code that a host answers to a request, or null if it fits. */
export function codeFor(request) {
  if (!METHODS.includes(request.method)) return "UNKNOWN_METHOD";
  return problemsOf("toHost", request) ? "BAD_PARAMS" : null;
}

/**
 * Returns what is wrong with what both sides have sent to each other.
 *
 * A page that is loaded again counts its requests from 1 again: an answer belongs to the first request of its number
 * that has none.
 */
export function problemsOfSession({ toHost, toPanel }) {
  const methods = new Map();
  const found = [];
  for (const text of toHost) {
    const request = JSON.parse(text);
    methods.set(request.id, [...(methods.get(request.id) ?? []), request.method]);
    found.push(problemsOf("toHost", request));
  }
  for (const text of toPanel) {
    const message = JSON.parse(text);
    found.push(problemsOf("toPanel", message));
    if (!("id" in message)) continue;
    const method = methods.get(message.id).shift();
    if (message.result) found.push(problemsOf(`results/$defs/${method}`, message.result));
  }
  return found.filter(Boolean);
}
