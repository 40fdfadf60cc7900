// The journey of a plugin with the fetch client that orval generates.

import { openAsBlob, writeFileSync } from "node:fs";

import { createRender, getRender, listWebhookDeliveries, registerWebhook, signIn } from "./client/client";
import { setting, sleep } from "./settings";

/** Orval calls paths without an origin, as in a browser. */
const send = globalThis.fetch;
globalThis.fetch = (target, options) =>
  send(typeof target === "string" && target.startsWith("/") ? setting("BASE_URL") + target : target, options);

async function main() {
  const tokens = await signIn({ email: setting("EMAIL"), password: setting("PASSWORD") });
  if (tokens.status !== 200) throw new Error(tokens.data.errorCode);
  const options = { headers: { Authorization: `Bearer ${tokens.data.access_token}` } };

  const webhook = await registerWebhook({ url: setting("HOOK_URL"), events: ["render.completed"] }, options);
  if (webhook.status !== 201) throw new Error(webhook.data.errorCode);
  const { webhookId } = webhook.data.data;

  const uploadedImageData = await openAsBlob(setting("PICTURE"), { type: "image/png" });
  const accepted = await createRender({ uploadedImageData, quality: "standard" }, options);
  if (accepted.status !== 202) throw new Error(accepted.data.errorCode);
  const { renderId } = accepted.data.data;

  let render;
  do {
    await sleep(500);
    const found = await getRender(renderId, options);
    if (found.status !== 200) throw new Error(found.data.errorCode);
    render = found.data.data;
  } while (render.status === "pending" || render.status === "processing");
  if (!render.outputUrl) throw new Error(JSON.stringify(render));
  writeFileSync(setting("OUTPUT"), Buffer.from(await (await fetch(render.outputUrl)).arrayBuffer()));

  for (;;) {
    const listed = await listWebhookDeliveries(webhookId, undefined, options);
    if (listed.status !== 200) throw new Error(listed.data.errorCode);
    if (listed.data.data.deliveries.some((delivery) => delivery.state === "succeeded")) break;
    await sleep(500);
  }
  console.log(renderId);
}

main();
