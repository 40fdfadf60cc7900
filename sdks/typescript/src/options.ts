/** What an order says: its pictures, and its options. */

import { type Content, type Picture, type PictureFile, readPicture } from "./contents.js";
import type { Purpose, RenderOptions } from "./models.js";

/** Guide images that may stand beside the picture of an order. */
export interface GuideImages {
  depthImage?: Picture | undefined;
  materialIdImage?: Picture | undefined;
  normalImage?: Picture | undefined;
}

/** The options of an order, and its guide images. Fields of a newer API may be given too. */
export type OrderOptions = RenderOptions & GuideImages;

export type ImageName = "image" | keyof GuideImages;

/** The name here → the field for the file, the field for an upload, and the purpose of the upload. */
export const IMAGE_FIELDS: Record<ImageName, { file: string; upload: string; purpose: Purpose }> = {
  image: { file: "uploadedImageData", upload: "uploadId", purpose: "capture" },
  depthImage: { file: "depthImage", upload: "depthUploadId", purpose: "depth" },
  materialIdImage: { file: "materialIdImage", upload: "materialIdUploadId", purpose: "materialId" },
  normalImage: { file: "normalImage", upload: "normalUploadId", purpose: "normal" },
};
/** Pictures that have together more bytes are uploaded before the order. */
export const MAX_BYTES_IN_ORDER = 4_000_000;

/** The fields of an order, and its pictures by their names here. */
export interface OrderParts {
  fields: Record<string, unknown>;
  contents: [ImageName, Content][];
}

/** Takes an order apart. Options without a value are left out. */
export async function partsOf(
  image: Picture,
  { depthImage, materialIdImage, normalImage, ...options }: OrderOptions,
  open: (picture: Picture, name: string) => Promise<Content>,
): Promise<OrderParts> {
  const contents: [ImageName, Content][] = [];
  for (const [name, picture] of Object.entries({ image, depthImage, materialIdImage, normalImage })) {
    if (picture !== undefined) contents.push([name as ImageName, await open(picture, name)]);
  }
  return { fields: withoutNothing(options), contents };
}

/** Returns the pictures in memory, under their fields in a form. */
export async function filesOf(contents: [ImageName, Content][]): Promise<Record<string, PictureFile>> {
  const files: Record<string, PictureFile> = {};
  for (const [name, content] of contents) files[IMAGE_FIELDS[name].file] = await readPicture(content);
  return files;
}

/** Returns the fields that have a value. */
export function withoutNothing(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}
