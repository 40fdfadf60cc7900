/** Prints the bytes of everything that the package exports for browsers, minified and compressed by gzip. */

import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const result = await build({
  stdin: { contents: 'export * from "@renderiq/plugin"', resolveDir: "." },
  bundle: true,
  format: "esm",
  minify: true,
  platform: "browser",
  write: false,
});
const [file] = result.outputFiles;
console.log(JSON.stringify({ bytes: file.contents.length, gzipped: gzipSync(file.contents, { level: 9 }).length }));
