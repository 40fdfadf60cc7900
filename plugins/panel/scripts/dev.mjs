/** Serves the panel on the mock host, built anew with each request. PORT=5173 by default. */

import { createServer } from "node:http";
import { bundle, page } from "./bundle.mjs";

const port = Number(process.env.PORT ?? 5173);
createServer(async (request, response) => {
  if (new URL(request.url, "http://127.0.0.1").pathname !== "/") return response.writeHead(404).end();
  try {
    const html = await page(await bundle("src/mock/page.ts"));
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(html);
  } catch (error) {
    response.writeHead(500, { "Content-Type": "text/plain" }).end(String(error));
  }
}).listen(port, "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${port}/?scenario=ready   (scenarios are in src/mock/scenarios.ts)`),
);
