// What is hashed, put together in bytes (mingjian/draw/v1, Notation): u64, LP, LIST, and the order of texts.

import { hashInto } from "./sha256.js";

const encoder = new TextEncoder();

/** The bytes of a text in UTF-8. */
export const utf8 = (text) => encoder.encode(text);

/** The digits of some bytes. */
export function toHex(bytes) {
  let digits = "";
  for (const byte of bytes) digits += (byte < 16 ? "0" : "") + byte.toString(16);
  return digits;
}

/** The bytes of digits that come in pairs. */
export function fromHex(digits) {
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/**
 * Compares texts by their UTF-8 bytes, which is the order of their code points. Strings compare by UTF-16 units, where
 * surrogates come before U+E000 though they stand for what lies beyond U+FFFF.
 */
export function compareText(a, b) {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit) {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Compares two stretches of bytes. */
export function compareBytes(a, aFrom, aTo, b, bFrom, bTo) {
  const shared = Math.min(aTo - aFrom, bTo - bFrom);
  for (let i = 0; i < shared; i++) {
    const difference = a[aFrom + i] - b[bFrom + i];
    if (difference !== 0) return difference;
  }
  return aTo - aFrom - (bTo - bFrom);
}

/** A copy of a list in the order of a text of each element. */
export const sortedBy = (list, key) => [...list].sort((a, b) => compareText(key(a), key(b)));

class Message {
  bytes = new Uint8Array(1024);
  view = new DataView(this.bytes.buffer);
  length = 0;

  // room makes room for some bytes and gives where they begin.
  room(size) {
    const from = this.length;
    this.length += size;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.bytes.subarray(0, from));
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    return from;
  }

  byte(value) {
    const at = this.room(1); // may put other bytes in place
    this.bytes[at] = value;
    return this;
  }

  raw(part, from = 0, to = part.length) {
    const at = this.room(to - from);
    for (let i = from; i < to; i++) this.bytes[at + i - from] = part[i];
    return this;
  }

  // number is u64(n), of a BigInt, or of a length, which is below 2^32.
  number(n) {
    const at = this.room(8);
    if (typeof n === "bigint") {
      this.view.setBigUint64(at, n);
    } else {
      this.view.setUint32(at, 0);
      this.view.setUint32(at + 4, n);
    }
    return this;
  }

  // part is LP(x), of a text or of bytes.
  part(x, from = 0, to = x.length) {
    if (typeof x === "string") return this.part(utf8(x));
    return this.number(to - from).raw(x, from, to);
  }

  // list is LIST(x…).
  list(elements) {
    this.number(elements.length);
    for (const element of sortedBy(elements, (e) => e)) this.part(element);
    return this;
  }

  sumInto(out, at) {
    hashInto(this.bytes, 0, this.length, out, at);
  }

  sum() {
    const digest = new Uint8Array(32);
    this.sumInto(digest, 0);
    return digest;
  }
}

const memory = new Message();

/** An empty message. There is one at a time: it takes the memory of the one before. */
export function message() {
  memory.length = 0;
  return memory;
}

/**
 * The root of a Merkle tree over hashed leaves, 32 bytes each in one array, which is used up (RFC 6962 §2.1: a tree splits at
 * the largest power of two below its size).
 */
export function merkleRoot(leaves) {
  if (leaves.length === 0) return message().sum();
  join(leaves, 0, leaves.length / 32);
  return leaves.slice(0, 32);
}

// join leaves the root of some leaves in the place of the first.
function join(leaves, from, to) {
  const size = to - from;
  if (size === 1) return;
  let split = 1;
  while (2 * split < size) split *= 2;
  const middle = from + split;
  join(leaves, from, middle);
  join(leaves, middle, to);
  message().byte(1).raw(leaves, 32 * from, 32 * from + 32).raw(leaves, 32 * middle, 32 * middle + 32).sumInto(leaves, 32 * from);
}
