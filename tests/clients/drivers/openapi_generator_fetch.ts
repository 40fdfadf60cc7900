// The journey of a plugin with the typescript-fetch client that openapi-generator generates.

import { openAsBlob, writeFileSync } from "node:fs";

import { AuthApi, Configuration, DeliveryState, Event, Quality, RendersApi, Status, WebhooksApi } from "./client";
import { setting, sleep } from "./settings";

async function main() {
  const basePath = setting("BASE_URL");
  const signInIn = { email: setting("EMAIL"), password: setting("PASSWORD") };
  const tokens = await new AuthApi(new Configuration({ basePath })).signIn({ signInIn });
  const configuration = new Configuration({ basePath, accessToken: tokens.accessToken });

  const webhooks = new WebhooksApi(configuration);
  const webhookIn = { url: setting("HOOK_URL"), events: [Event.RenderCompleted] };
  const { webhookId } = (await webhooks.registerWebhook({ webhookIn })).data;

  const renders = new RendersApi(configuration);
  const uploadedImageData = await openAsBlob(setting("PICTURE"), { type: "image/png" });
  const { renderId } = (await renders.createRender({ uploadedImageData, quality: Quality.Standard })).data;

  let render = (await renders.getRender({ renderId })).data;
  while (render.status === Status.Pending || render.status === Status.Processing) {
    await sleep(500);
    render = (await renders.getRender({ renderId })).data;
  }
  if (!render.outputUrl) throw new Error(JSON.stringify(render));
  writeFileSync(setting("OUTPUT"), Buffer.from(await (await fetch(render.outputUrl)).arrayBuffer()));

  for (;;) {
    const { deliveries } = (await webhooks.listWebhookDeliveries({ webhookId })).data;
    if (deliveries.some((delivery) => delivery.state === DeliveryState.Succeeded)) break;
    await sleep(500);
  }
  console.log(renderId);
}

main();
