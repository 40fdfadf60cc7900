/** The queue while somebody uses it: changes during a pass, files that vanish, and the work in the background. */

import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { DiskError, type Item, type Renderiq, StateError } from "@renderiq/plugin";
import { FakeApi, PNG, temporaryFolder } from "./support.js";

async function stateOf(client: Renderiq, item: Item): Promise<string> {
  return (await client.queue.get(item.id)).state;
}

async function foldersIn(directory: string): Promise<string[]> {
  return readdir(join(directory, "queue-typescript", "orders"));
}

test("an order is done", async (t) => {
  const client = new FakeApi().client(await temporaryFolder(t));
  const item = await client.queue.add(PNG, { style: "soft" });

  await client.queue.drain();

  const found = await client.queue.get(item.id);
  assert.equal(found.state, "done");
  assert.equal(await readFile(found.result ?? "", "utf8"), "picture");
  assert.equal(await (await client.queue.picture(item.id)).text(), "picture");
});

test("the result goes where it was wanted", async (t) => {
  const directory = await temporaryFolder(t);
  const client = new FakeApi().client(directory);
  await client.queue.add(PNG, { output: join(directory, "here", "out.png") });

  await client.queue.drain();

  assert.equal(await readFile(join(directory, "here", "out.png"), "utf8"), "picture");
});

test("a picture that is not there yet is an error", async (t) => {
  const client = new FakeApi().client(await temporaryFolder(t));
  const item = await client.queue.add(PNG);

  await assert.rejects(client.queue.picture(item.id), { kind: "state", code: "NO_OUTPUT" });
});

test("an order that is cancelled while it is sent is cancelled at the server", async (t) => {
  const api = new FakeApi();
  const client = api.client(await temporaryFolder(t));
  const item = await client.queue.add(PNG);
  api.during = (name) => name === "POST /renders" && client.queue.cancel(item.id);

  await client.queue.drain();

  assert.equal(await stateOf(client, item), "cancelled");
  assert.deepEqual(api.requests, ["POST /renders", "DELETE /renders/r1"]);
});

test("an order that is cancelled while it is looked at ends as its render", async (t) => {
  const api = new FakeApi();
  const client = api.client(await temporaryFolder(t));
  const item = await client.queue.add(PNG);
  api.during = (name) => name === "GET /renders/r1" && client.queue.cancel(item.id);

  await client.queue.drain();

  assert.equal(await stateOf(client, item), "done");
});

test("an order cannot be edited while it is sent", async (t) => {
  const api = new FakeApi();
  const client = api.client(await temporaryFolder(t));
  const item = await client.queue.add(PNG, { style: "soft" });
  const refusals: string[] = [];
  api.during = async (name) => {
    if (name !== "POST /renders") return;
    await client.queue.edit(item.id, { style: "studio" }).catch((error: StateError) => refusals.push(error.code));
  };

  await client.queue.drain();

  assert.deepEqual(refusals, ["NOT_EDITABLE"]);
});

test("an order that was edited before it is sent is sent as edited", async (t) => {
  const api = new FakeApi();
  const client = api.client(await temporaryFolder(t));
  const [first, second] = [await client.queue.add(PNG), await client.queue.add(PNG, { style: "soft" })];
  api.during = async () => {
    api.during = () => {};
    await client.queue.edit(second.id, { style: "studio" });
  };

  await client.queue.drain();

  assert.deepEqual([await stateOf(client, first), await stateOf(client, second)], ["done", "done"]);
  assert.equal((await client.queue.get(second.id)).options.style, "studio");
  assert.equal(api.requests.filter((name) => name === "POST /renders").length, 2);
});

test("an order whose picture is gone is set aside", async (t) => {
  const directory = await temporaryFolder(t);
  const client = new FakeApi().client(directory);
  const [gone, there] = [await client.queue.add(PNG), await client.queue.add(PNG)];
  const [folder] = (await foldersIn(directory)).filter((name) => name.endsWith(gone.id));
  await rm(join(directory, "queue-typescript", "orders", folder ?? "", "image.png"));

  await client.queue.drain();

  const found = await client.queue.get(gone.id);
  assert.deepEqual([found.state, found.reason?.code], ["failed", "DISK_ERROR"]);
  assert.equal(await stateOf(client, there), "done");
});

test("an order that cannot be stored leaves nothing behind", async (t) => {
  const directory = await temporaryFolder(t);
  const client = new FakeApi().client(directory);
  await mkdir(join(directory, "queue-typescript"));
  await writeFile(join(directory, "queue-typescript", "orders"), "a file that is in the way");

  await assert.rejects(client.queue.add(PNG), DiskError);

  await rm(join(directory, "queue-typescript", "orders"));
  assert.deepEqual(await client.queue.list(), []);
});

test("a damaged file of an order is an error that names it", async (t) => {
  const directory = await temporaryFolder(t);
  const client = new FakeApi().client(directory);
  const item = await client.queue.add(PNG);
  await writeFile(join(directory, "queue-typescript", "orders", `000001-${item.id}`, "order.json"), "{");

  await assert.rejects(client.queue.list(), (error) => error instanceof DiskError && error.message.includes(item.id));
});

test("pictures of an order that was never stored are removed later", async (t) => {
  const directory = await temporaryFolder(t);
  const client = new FakeApi().client(directory);
  const item = await client.queue.add(PNG);
  const orphan = join(directory, "queue-typescript", "orders", ".new-orphan");
  await mkdir(orphan);
  await utimes(orphan, 0, 0);

  client.queue.start();
  await client.queue.stop();

  assert.deepEqual(await foldersIn(directory), [`000001-${item.id}`]);
});

test("what is added is sent in the background", { timeout: 60_000 }, async (t) => {
  const client = new FakeApi().client(await temporaryFolder(t), { inRealTime: true });
  client.queue.start();
  t.after(() => client.queue.stop());
  const item = await client.queue.add(PNG);

  while ((await stateOf(client, item)) !== "done") await new Promise((done) => setTimeout(done, 50));
});

test("an order survives as JSON beside its picture", async (t) => {
  const directory = await temporaryFolder(t);
  const item = await new FakeApi().client(directory).queue.add(PNG, { style: "soft" });

  const folder = join(directory, "queue-typescript", "orders", `000001-${item.id}`);
  const { id, state, fields } = JSON.parse(await readFile(join(folder, "order.json"), "utf8"));

  assert.deepEqual({ id, state, fields }, { id: item.id, state: "waiting", fields: { style: "soft" } });
  assert.deepEqual(new Uint8Array(await readFile(join(folder, "image.png"))), PNG);
});

test("orders keep their numbers when an earlier one is removed", async (t) => {
  const client = new FakeApi().client(await temporaryFolder(t));
  const items = [await client.queue.add(PNG), await client.queue.add(PNG)];
  await client.queue.cancel(items[0]!.id);
  await client.queue.remove(items[0]!.id);

  const third = await client.queue.add(PNG);

  assert.deepEqual(
    (await client.queue.list()).map((item) => item.id),
    [items[1]!.id, third.id],
  );
});

test("many orders that are added at once are all kept, each once", async (t) => {
  const directory = await temporaryFolder(t);
  const clients = Array.from({ length: 3 }, () => new FakeApi().client(directory));

  const items = await Promise.all(Array.from({ length: 30 }, (_, at) => clients[at % 3]!.queue.add(PNG)));

  const found = await clients[0]!.queue.list();
  assert.deepEqual(new Set(found.map((item) => item.id)), new Set(items.map((item) => item.id)));
  assert.equal(found.length, 30);
});

test("an outage is waited out", async (t) => {
  const api = new FakeApi();
  const client = api.client(await temporaryFolder(t));
  const item = await client.queue.add(PNG);
  api.isAway = true;
  for (let passes = 0; passes < 12; passes++) await api.clock.sleep((await client.queue.runPass()).next ?? 0);
  assert.equal(await stateOf(client, item), "waiting");
  api.isAway = false;

  await client.queue.drain();

  assert.equal(await stateOf(client, item), "done");
});

test("an unknown order is an error", async (t) => {
  const client = new FakeApi().client(await temporaryFolder(t));

  await assert.rejects(client.queue.get("none"), (error) => error instanceof StateError && error.code === "NOT_FOUND");
});
