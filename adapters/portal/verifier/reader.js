// A reader of JSON that takes one reading of a document only: UTF-8, no member twice, none that the form does not know, whole
// numbers of 64 bits, no null. JSON.parse keeps the last of two equal members and rounds numbers, so that another reader could
// see another draw. It works on bytes, since a document of a million candidates is more than a string may be.

import { Difference, bytes, candidates, digest, number, rules, text } from "./form.js";
import { utf8 } from "./message.js";
import { Candidates } from "./candidates.js";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Whether some bytes are UTF-8, asked in pieces so that no text of them all is made. */
export function isText(source) {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const piece = 1 << 20;
  try {
    for (let at = 0; at < source.length; at += piece) strict.decode(source.subarray(at, at + piece), { stream: true });
    strict.decode();
  } catch {
    return false;
  }
  return true;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const limit = 1n << 64n;
const half = /\p{Surrogate}/u;
const whole = /^(0|[1-9][0-9]*)$/;
const sixtyFour = /^[0-9a-f]{64}$/;
const pairs = /^([0-9a-f]{2})*$/;
const escapes = new Map([['"', '"'], ["\\", "\\"], ["/", "/"], ["b", "\b"], ["f", "\f"], ["n", "\n"], ["r", "\r"], ["t", "\t"]]);

/** Reads one value of a form. Members that are absent have the value of nothing: an empty text or list, zero. */
export class Reader {
  /**
   * @param {Uint8Array} source UTF-8, as isText says
   * @param {string} name what to call the whole in a Difference
   * @param {number} [from] where the value begins
   * @param {number} [to] where it ends
   */
  constructor(source, name, from = 0, to = source.length) {
    Object.assign(this, { source, name, at: from, end: to, path: [], given: new Set() });
    // The text that span read last.
    this.buffer = source;
    this.from = from;
    this.to = from;
  }

  /**
   * Reads the whole.
   * @throws {Difference} at step "form"
   */
  document(form) {
    this.space();
    const value = this.value(form);
    this.space();
    if (this.at !== this.end) this.fail(rules.end);
    return value;
  }

  fail(rule, got) {
    const path = this.path.reduce((all, part) => (typeof part === "number" ? `${all}[${part}]` : `${all}.${part}`), "");
    throw new Difference("form", path.slice(1) || this.name, rule, got);
  }

  next() {
    return this.at < this.end ? this.source[this.at] : -1;
  }

  space() {
    for (let b = this.next(); b === 0x20 || b === 0x0a || b === 0x0d || b === 0x09; b = this.next()) this.at++;
  }

  // take passes over a character if it is the next, with blanks around it.
  take(character) {
    this.space();
    if (this.next() !== character) return false;
    this.at++;
    this.space();
    return true;
  }

  value(form) {
    if (Array.isArray(form)) {
      const elements = [];
      this.list(() => elements.push(this.value(form[0])));
      return elements;
    }
    switch (form) {
      case number:
        return this.number();
      case text:
        return this.string();
      case digest:
        return this.hexadecimal(sixtyFour, rules.digest);
      case bytes:
        return this.hexadecimal(pairs, rules.bytes);
      case candidates: {
        const packed = new Candidates();
        this.list(() => packed.read(this));
        return packed;
      }
    }
    const found = {};
    const given = this.object(form, (member) => {
      found[member.name] = this.value(member.form);
    });
    form.list.forEach((member, i) => {
      if (!(given & (1 << i))) found[member.name] = nothing(member.form);
      else if (this.path.length === 0) this.given.add(member.name);
    });
    return found;
  }

  list(each) {
    if (!this.take(0x5b)) this.fail(rules.list);
    if (this.take(0x5d)) return;
    let i = 0;
    do {
      this.path.push(i++);
      each();
      this.path.pop();
    } while (this.take(comma));
    if (!this.take(0x5d)) this.fail(rules.document);
  }

  // object calls for each member, whose value is to be read, and gives which there were, a bit for each.
  object(form, each) {
    if (!this.take(0x7b)) this.fail(rules.object);
    let given = 0;
    let expected = 0;
    if (this.take(0x7d)) return given;
    do {
      this.span();
      const i = this.find(form.list, expected);
      const name = i < 0 ? decoder.decode(this.buffer.subarray(this.from, this.to)) : form.list[i].name;
      this.path.push(name);
      if (i < 0 || given & (1 << i)) this.fail(rules.member);
      if (!this.take(colon)) this.fail(rules.document);
      given |= 1 << i;
      expected = i + 1;
      each(form.list[i]);
      this.path.pop();
    } while (this.take(comma));
    if (!this.take(0x7d)) this.fail(rules.document);
    return given;
  }

  // find gives which member the text that was read names, -1 for none; members mostly come in the order of the form.
  find(members, expected) {
    for (let i = 0; i < members.length; i++) {
      const at = (expected + i) % members.length;
      if (this.reads(members[at].bytes)) return at;
    }
    return -1;
  }

  reads(name) {
    if (this.to - this.from !== name.length) return false;
    for (let i = 0; i < name.length; i++) {
      if (this.buffer[this.from + i] !== name[i]) return false;
    }
    return true;
  }

  number() {
    const from = this.at;
    for (let b = this.next(); (b >= 0x30 && b <= 0x39) || b === 0x2b || b === 0x2d || b === 0x2e || b === 0x45 || b === 0x65; b = this.next()) {
      this.at++;
    }
    const spelled = decoder.decode(this.source.subarray(from, this.at));
    if (spelled.length > 20 || !whole.test(spelled) || BigInt(spelled) >= limit) this.fail(rules.number, spelled);
    return BigInt(spelled);
  }

  hexadecimal(pattern, rule) {
    const digits = this.string();
    if (!pattern.test(digits)) this.fail(rule, digits);
    return digits;
  }

  string() {
    this.span();
    return decoder.decode(this.buffer.subarray(this.from, this.to));
  }

  // span reads a text and leaves where its bytes are: in the document, unless there are escapes in it.
  span() {
    if (this.next() !== quote) this.fail(rules.text);
    let at = this.at + 1;
    this.from = at;
    for (; at < this.end; at++) {
      const b = this.source[at];
      if (b === quote) {
        this.buffer = this.source;
        this.to = at;
        this.at = at + 1;
        return;
      }
      if (b === backslash) {
        this.escaped(at);
        return;
      }
      if (b < 0x20) break;
    }
    this.at = at;
    this.fail(rules.text);
  }

  escaped(at) {
    let value = decoder.decode(this.source.subarray(this.from, at));
    for (;;) {
      if (at >= this.end || this.source[at] < 0x20) this.fail(rules.text);
      if (this.source[at] === quote) break;
      if (this.source[at] === backslash) {
        const size = this.source[at + 1] === 0x75 ? 6 : 2; // \uXXXX or \n
        value += this.unescaped(decoder.decode(this.source.subarray(at + 1, Math.min(at + size, this.end))));
        at += size;
        continue;
      }
      const from = at;
      while (at < this.end && this.source[at] !== quote && this.source[at] !== backslash && this.source[at] >= 0x20) at++;
      value += decoder.decode(this.source.subarray(from, at));
    }
    if (half.test(value)) this.fail(rules.pair);
    this.at = at + 1;
    this.buffer = utf8(value);
    this.from = 0;
    this.to = this.buffer.length;
  }

  // unescaped gives what an escape stands for, from what follows its backslash.
  unescaped(spelled) {
    if (escapes.has(spelled)) return escapes.get(spelled);
    if (!/^u[0-9a-fA-F]{4}$/.test(spelled)) this.fail(rules.text);
    return String.fromCharCode(parseInt(spelled.slice(1), 16));
  }
}

function nothing(form) {
  if (Array.isArray(form)) return [];
  switch (form) {
    case number:
      return 0n;
    case digest:
      return "0".repeat(64);
    case text:
    case bytes:
      return "";
    case candidates:
      return new Candidates();
  }
  if (form.optional) return null;
  return Object.fromEntries(form.list.map((member) => [member.name, nothing(member.form)]));
}
