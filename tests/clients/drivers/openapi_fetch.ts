// The journey of a plugin with openapi-fetch and the types that openapi-typescript generates.

import { openAsBlob, writeFileSync } from "node:fs";

import createClient from "openapi-fetch";

import type { paths } from "./client/schema";
import { setting, sleep } from "./settings";

async function main() {
  const client = createClient<paths>({ baseUrl: setting("BASE_URL") });
  const tokens = await client.POST("/auth/signin", { body: { email: setting("EMAIL"), password: setting("PASSWORD") } });
  if (!tokens.data) throw new Error(tokens.error.errorCode);
  const headers = { Authorization: `Bearer ${tokens.data.access_token}` };

  const registered = await client.POST("/webhooks/register", {
    headers,
    body: { url: setting("HOOK_URL"), events: ["render.completed"] },
  });
  if (!registered.data) throw new Error(registered.error.errorCode);
  const { webhookId } = registered.data.data;

  const form = new FormData();
  form.append("uploadedImageData", await openAsBlob(setting("PICTURE"), { type: "image/png" }), "capture.png");
  form.append("quality", "standard");
  const accepted = await client.POST("/renders", { headers, body: {}, bodySerializer: () => form });
  if (!accepted.data) throw new Error(accepted.error.errorCode);
  const { renderId } = accepted.data.data;

  let render;
  do {
    await sleep(500);
    const found = await client.GET("/renders/{renderId}", { headers, params: { path: { renderId } } });
    if (!found.data) throw new Error(found.error.errorCode);
    render = found.data.data;
  } while (render.status === "pending" || render.status === "processing");
  if (!render.outputUrl) throw new Error(JSON.stringify(render));
  writeFileSync(setting("OUTPUT"), Buffer.from(await (await fetch(render.outputUrl)).arrayBuffer()));

  for (;;) {
    const listed = await client.GET("/webhooks/{webhookId}/deliveries", { headers, params: { path: { webhookId } } });
    if (!listed.data) throw new Error(listed.error.errorCode);
    if (listed.data.data.deliveries.some((delivery) => delivery.state === "succeeded")) break;
    await sleep(500);
  }
  console.log(renderId);
}

main();
