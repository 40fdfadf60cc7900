/** Pictures and models, wherever their bytes are. */

import type { Bytes } from "./bytes.js";

/**
 * A picture: its bytes, or a file of a browser; or text.
 *
 * In Node, text is the path of a file. In a browser it is a URL that begins with `data:` or `blob:`.
 */
export type Picture = string | Uint8Array | ArrayBuffer | Blob;

/** Bytes that are read when they are needed. */
export interface Content {
  /** The name of the file. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Returns the bytes from `start` up to, but not including, `end`. */
  read(start: number, end: number): Promise<Bytes>;
}

/** A picture of an order: all of it is in memory. */
export interface PictureFile {
  name: string;
  type: string;
  bytes: Bytes;
}

const MAGIC: readonly (readonly [string, string])[] = [
  ["\x89PNG", "image/png"],
  ["\xff\xd8\xff", "image/jpeg"],
  ["glTF", "model/gltf-binary"],
];
const SUFFIXES: Record<string, string> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".glb": "model/gltf-binary",
};

/** Returns the content of bytes in memory. */
export function contentOfBytes(name: string, bytes: Uint8Array | ArrayBuffer): Content {
  const all = new Uint8Array(bytes) as Bytes;
  return { name: named(name, all), size: all.length, read: async (start, end) => all.subarray(start, end) };
}

/** Returns the content of a file of a browser. */
export async function contentOfBlob(name: string, blob: Blob): Promise<Content> {
  const read = async (start: number, end: number) => new Uint8Array(await blob.slice(start, end).arrayBuffer());
  const own = "name" in blob && typeof blob.name === "string" ? blob.name : "";
  return { name: own || named(name, await read(0, 8)), size: blob.size, read };
}

/** Reads all of a picture. */
export async function readPicture(content: Content): Promise<PictureFile> {
  const bytes = await content.read(0, content.size);
  return { name: content.name, type: contentTypeOf(content.name, bytes), bytes };
}

/** Returns the type of a file by its first bytes, or else by its name. */
export function contentTypeOf(name: string, bytes: Uint8Array): string {
  return typeOfBytes(bytes) ?? SUFFIXES[suffixOf(name).toLowerCase()] ?? "application/octet-stream";
}

/** Returns the ending of a name, with its dot; empty if there is none. */
export function suffixOf(name: string): string {
  return /[^/\\](\.[^./\\]+)$/.exec(name)?.[1] ?? "";
}

/** Names bytes that have no name: by what they are for, and by what they are. */
function named(name: string, bytes: Uint8Array): string {
  if (suffixOf(name)) return name;
  const type = typeOfBytes(bytes);
  return name + (Object.keys(SUFFIXES).find((suffix) => SUFFIXES[suffix] === type) ?? "");
}

function typeOfBytes(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 8));
  return MAGIC.find(([magic]) => head.startsWith(magic))?.[1];
}
