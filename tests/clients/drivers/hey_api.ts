// The journey of a plugin with the client that @hey-api/openapi-ts generates.

import { openAsBlob, writeFileSync } from "node:fs";

import { createRender, getRender, listWebhookDeliveries, registerWebhook, signIn } from "./client";
import { client } from "./client/client.gen";
import { setting, sleep } from "./settings";

async function main() {
  client.setConfig({ baseUrl: setting("BASE_URL"), throwOnError: true });
  const throwOnError = true;
  const tokens = await signIn({ body: { email: setting("EMAIL"), password: setting("PASSWORD") }, throwOnError });
  client.setConfig({ auth: ({ scheme }) => (scheme === "bearer" ? tokens.data.access_token : undefined) });

  const webhook = await registerWebhook({
    body: { url: setting("HOOK_URL"), events: ["render.completed"] },
    throwOnError,
  });
  const { webhookId } = webhook.data.data;

  const uploadedImageData = await openAsBlob(setting("PICTURE"), { type: "image/png" });
  const accepted = await createRender({ body: { uploadedImageData, quality: "standard" }, throwOnError });
  const { renderId } = accepted.data.data;

  let render;
  do {
    await sleep(500);
    render = (await getRender({ path: { renderId }, throwOnError })).data.data;
  } while (render.status === "pending" || render.status === "processing");
  if (!render.outputUrl) throw new Error(JSON.stringify(render));
  writeFileSync(setting("OUTPUT"), Buffer.from(await (await fetch(render.outputUrl)).arrayBuffer()));

  for (;;) {
    const { deliveries } = (await listWebhookDeliveries({ path: { webhookId }, throwOnError })).data.data;
    if (deliveries.some((delivery) => delivery.state === "succeeded")) break;
    await sleep(500);
  }
  console.log(renderId);
}

main();
