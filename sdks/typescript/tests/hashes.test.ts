/** The hashes for browsers are those of Node. */

import assert from "node:assert/strict";
import { createHmac, createHash as createNodeHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { createHash, type HashName, hmacSha256 } from "../dist/esm/hashes.js";

const NAMES: HashName[] = ["md5", "sha256"];

function hash(name: HashName, ...pieces: Uint8Array[]): string {
  const hash = createHash(name);
  for (const piece of pieces) hash.update(piece);
  return Buffer.from(hash.digest()).toString("hex");
}

for (const name of NAMES) {
  test(`${name} is right for every length around a block`, () => {
    for (let length = 0; length <= 260; length++) {
      const bytes = randomBytes(length);
      assert.equal(hash(name, bytes), createNodeHash(name).update(bytes).digest("hex"), `${length} bytes`);
    }
  });

  test(`${name} is the same however the bytes are cut`, () => {
    const bytes = randomBytes(5000);
    for (const size of [1, 3, 63, 64, 65, 127, 128, 1000]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size).subarray(0, size),
      );
      assert.equal(hash(name, ...pieces), hash(name, bytes), `pieces of ${size} bytes`);
    }
  });
}

test("MD5 counts more bits than fit into 32 bits", () => {
  const piece = new Uint8Array(1 << 20);
  const ours = createHash("md5");
  const right = createNodeHash("md5");
  for (let count = 0; count < 513; count++) {
    ours.update(piece);
    right.update(piece);
  }
  assert.equal(Buffer.from(ours.digest()).toString("hex"), right.digest("hex"));
});

test("HMAC is right for keys that are shorter and longer than a block", () => {
  for (const length of [0, 1, 32, 63, 64, 65, 200]) {
    const [key, message] = [randomBytes(length), randomBytes(100)];
    const right = createHmac("sha256", key).update(message).digest("hex");
    assert.equal(Buffer.from(hmacSha256(key, message)).toString("hex"), right, `a key of ${length} bytes`);
  }
});
