import assert from "node:assert/strict";
import { test } from "node:test";
import {
  applyChange,
  changeBetween,
  Host,
  HostError,
  MockHost,
  readMessage,
  SCENARIOS,
  scenarioOf,
} from "../.build/lib.mjs";
import { codeFor, METHODS, problemsOf, problemsOfSession, vectors } from "./schema.mjs";

const PICTURES = { covers: {}, capture: "data:,a", result: "data:,b" };

/** Returns a host on a mock host, and all messages. */
function session(name = "ready", change = (text) => [text]) {
  const messages = { toHost: [], toPanel: [] };
  let receive = () => {};
  const mock = new MockHost(
    scenarioOf(name, PICTURES),
    PICTURES,
    "en",
    (message) => {
      const text = JSON.stringify(message);
      messages.toPanel.push(text);
      for (const each of change(text)) queueMicrotask(() => receive(each));
    },
    codeFor,
  );
  const transport = {
    send(text) {
      messages.toHost.push(text);
      mock.receive(text);
    },
    open(to) {
      receive = to;
    },
  };
  return { host: new Host(transport, "0.1.0"), mock, messages };
}

const settled = () => new Promise((done) => setTimeout(done, 0));

for (const vector of vectors.messages) {
  const value = () => ("text" in vector ? vector.text : JSON.stringify(vector.message));
  if (vector.direction === "toHost") {
    test(`to the host: ${vector.name}`, async () => {
      const answers = [];
      const mock = new MockHost(scenarioOf("ready", PICTURES), PICTURES, "en", (each) => answers.push(each), codeFor);
      mock.receive(value());
      if (vector.dropped) assert.deepEqual(answers, []);
      else if (vector.error) assert.equal(answers[0].error.code, vector.error);
      else assert.ok(!["UNKNOWN_METHOD", "BAD_PARAMS"].includes(answers[0].error?.code), answers[0].error?.message);
    });
  } else {
    test(`to the panel: ${vector.name}`, () => {
      const read = readMessage(value());
      const problems =
        read === null
          ? "no message"
          : problemsOf("toPanel", JSON.parse(value())) ||
            (vector.method && read.result ? problemsOf(`results/$defs/${vector.method}`, read.result) : "");
      assert.equal(problems === "", vector.valid, problems);
    });
  }
}

for (const { name, before, after, change } of vectors.changes) {
  test(`change: ${name}`, () => {
    assert.deepEqual(changeBetween(before, after), change);
    assert.deepEqual(applyChange(before, { revision: 2, ...change }), after);
  });
}

test("the vectors have each method once or more", () => {
  const seen = new Set(vectors.messages.filter((each) => each.valid).map((each) => each.message?.method));
  assert.deepEqual(
    METHODS.filter((method) => !seen.has(method)),
    [],
  );
});

test("a session begins with hello and the whole state", async () => {
  const { host, mock } = session();
  await host.start(
    () => {},
    () => {},
  );
  await settled();
  assert.equal(host.hello.host.title, "SketchUp");
  assert.deepEqual(host.shown, JSON.parse(JSON.stringify(mock.shown)));
});

test("after each step the panel shows what the host has, and all messages fit the schema", async () => {
  const { host, mock, messages } = session("queue");
  await host.start(
    () => {},
    () => {},
  );
  await settled();
  for (let step = 0; step < 12; step++) {
    mock.tick();
    await settled();
    const byAge = (list, sign) => [...list].sort((a, b) => sign * a.createdAt.localeCompare(b.createdAt));
    assert.deepEqual(host.shown.queue, byAge(JSON.parse(JSON.stringify(mock.shown.queue)), 1));
    assert.deepEqual(host.shown.history, byAge(JSON.parse(JSON.stringify(mock.shown.history)), -1));
  }
  assert.equal(host.shown.history.length, 5);
  assert.deepEqual(problemsOfSession(messages), []);
});

test("a change that got lost makes the panel ask for everything", async () => {
  let isLost = false;
  const { host, mock } = session("queue", (text) => (isLost && text.includes('"state"') ? [] : [text]));
  await host.start(
    () => {},
    () => {},
  );
  await settled();
  isLost = true;
  mock.tick();
  await settled();
  isLost = false;
  mock.tick();
  await settled();
  await settled();
  assert.equal(mock.calls.at(-1).method, "refresh");
  assert.deepEqual(host.shown.account, mock.shown.account);
});

test("an error of the host has its code and sentence", async () => {
  const { host } = session();
  await host.start(
    () => {},
    () => {},
  );
  await assert.rejects(host.call("cancel", { id: "gone" }), (error) => {
    assert.ok(error instanceof HostError);
    return error.code === "NOT_FOUND" && error.message === "This order is gone.";
  });
});

test("a message that is too large is not sent", async () => {
  const { host, messages } = session();
  await host.start(
    () => {},
    () => {},
  );
  const sent = messages.toHost.length;
  await assert.rejects(host.call("deleteLook", { name: "字".repeat(30_000) }), { code: "TOO_LARGE" });
  assert.equal(messages.toHost.length, sent);
});

for (const name of SCENARIOS) {
  test(`scenario ${name} fits the schema`, async () => {
    const { host, messages } = session(name);
    await host.start(
      () => {},
      () => {},
    );
    await settled();
    assert.deepEqual(problemsOfSession(messages), []);
  });
}
