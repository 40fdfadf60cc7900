/** MD5, SHA-256 and HMAC. Browsers have no MD5, and their SHA-256 wants a whole file in memory. */

import type { Bytes } from "./bytes.js";
import { joined } from "./bytes.js";

/** A hash of bytes that come in pieces. */
export interface Hash {
  update(bytes: Uint8Array): void;
  digest(): Bytes;
}

export type HashName = "md5" | "sha256";

const BLOCK = 64;

/** Returns a hash in JavaScript. */
export function createHash(name: HashName): Hash {
  return name === "md5" ? new BlockHash(MD5_START, md5Block, true) : new BlockHash(SHA256_START, sha256Block, false);
}

/** Returns the HMAC-SHA256 of a message (RFC 2104). */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Bytes {
  const padded = new Uint8Array(BLOCK);
  padded.set(key.length > BLOCK ? sha256(key) : key);
  const inner = sha256(
    padded.map((byte) => byte ^ 0x36),
    message,
  );
  return sha256(
    padded.map((byte) => byte ^ 0x5c),
    inner,
  );
}

function sha256(...parts: Uint8Array[]): Bytes {
  const hash = createHash("sha256");
  hash.update(joined(parts));
  return hash.digest();
}

type Block = (state: Uint32Array, block: DataView, at: number) => void;

/** What MD5 (RFC 1321) and SHA-256 (FIPS 180-4) share: blocks of 64 bytes, and the length at the end. */
class BlockHash implements Hash {
  private readonly state: Uint32Array;
  private rest: Uint8Array = new Uint8Array(0);
  private length = 0;

  constructor(
    start: readonly number[],
    private readonly block: Block,
    private readonly isLittleEndian: boolean,
  ) {
    this.state = Uint32Array.from(start);
  }

  update(bytes: Uint8Array): void {
    this.length += bytes.length;
    const whole = this.rest.length ? joined([this.rest, bytes]) : bytes;
    const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
    let at = 0;
    for (; at + BLOCK <= whole.length; at += BLOCK) this.block(this.state, view, at);
    this.rest = whole.slice(at);
  }

  digest(): Bytes {
    const bits = this.length * 8;
    const end = new Uint8Array(((this.rest.length + 72) & -BLOCK) - this.rest.length);
    end[0] = 0x80;
    const view = new DataView(end.buffer);
    const [low, high] = this.isLittleEndian ? [8, 4] : [4, 8];
    view.setUint32(end.length - low, bits >>> 0, this.isLittleEndian);
    view.setUint32(end.length - high, Math.floor(bits / 2 ** 32), this.isLittleEndian);
    this.update(end);
    const result = new DataView(new ArrayBuffer(this.state.length * 4));
    this.state.forEach((word, index) => {
      result.setUint32(index * 4, word, this.isLittleEndian);
    });
    return new Uint8Array(result.buffer);
  }
}

const MD5_START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
const MD5_SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const MD5_SINES = Int32Array.from({ length: 64 }, (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32));
const md5Words = new Int32Array(16);

function md5Block(state: Uint32Array, block: DataView, at: number): void {
  for (let index = 0; index < 16; index++) md5Words[index] = block.getInt32(at + index * 4, true);
  let [a, b, c, d] = state as unknown as [number, number, number, number];
  for (let step = 0; step < 64; step++) {
    const round = step >> 4;
    let mixed: number;
    let word: number;
    if (round === 0) {
      mixed = (b & c) | (~b & d);
      word = step;
    } else if (round === 1) {
      mixed = (d & b) | (~d & c);
      word = 5 * step + 1;
    } else if (round === 2) {
      mixed = b ^ c ^ d;
      word = 3 * step + 5;
    } else {
      mixed = c ^ (b | ~d);
      word = 7 * step;
    }
    const sum = (a + mixed + MD5_SINES[step]! + md5Words[word & 15]!) | 0;
    const shift = MD5_SHIFTS[(round << 2) | (step & 3)]!;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
}

const PRIMES = firstPrimes(64);
const SHA256_START = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const SHA256_ROOTS = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const sha256Words = new Int32Array(64);

function sha256Block(state: Uint32Array, block: DataView, at: number): void {
  const words = sha256Words;
  for (let index = 0; index < 16; index++) words[index] = block.getInt32(at + index * 4);
  for (let index = 16; index < 64; index++) {
    const early = words[index - 15]!;
    const late = words[index - 2]!;
    const first = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3);
    const second = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10);
    words[index] = words[index - 16]! + first + words[index - 7]! + second;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let step = 0; step < 64; step++) {
    const fromE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const fromA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const chosen = (h + fromE + ((e & f) ^ (~e & g)) + SHA256_ROOTS[step]! + words[step]!) | 0;
    const majority = (fromA + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + chosen) | 0;
    d = c;
    c = b;
    b = a;
    a = (chosen + majority) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}

/** The first 32 bits behind the point. */
function fraction(root: number): number {
  return Math.floor((root % 1) * 2 ** 32);
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime)) primes.push(candidate);
  }
  return primes;
}
