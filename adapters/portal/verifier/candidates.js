// The candidates of a draw, packed: some forty bytes and the id for each, so that a browser holds a million.

import { candidateForm } from "./form.js";
import { compareBytes, message } from "./message.js";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

// Column is an array of numbers that grows.
class Column {
  length = 0;

  constructor(kind) {
    this.values = new kind(1024);
  }

  grow(size) {
    if (size <= this.values.length) return;
    const larger = new this.values.constructor(2 * size);
    larger.set(this.values);
    this.values = larger;
  }

  push(value) {
    this.grow(this.length + 1);
    this.values[this.length++] = value;
  }

  append(bytes, from, to) {
    this.grow(this.length + to - from);
    for (let i = from; i < to; i++) this.values[this.length++] = bytes[i];
  }
}

// Names gives each of some texts that come again and again a number.
class Names {
  texts = [];
  bytes = [];
  alike = new Map(); // numbers by a sum over the bytes (FNV-1a)

  number(buffer, from, to) {
    let sum = 0x811c9dc5;
    for (let i = from; i < to; i++) sum = Math.imul(sum ^ buffer[i], 0x01000193);
    const numbers = this.alike.get(sum) ?? [];
    for (const known of numbers) {
      if (compareBytes(this.bytes[known], 0, this.bytes[known].length, buffer, from, to) === 0) return known;
    }
    const added = this.texts.length;
    this.bytes.push(buffer.slice(from, to));
    this.texts.push(decoder.decode(this.bytes[added]));
    this.alike.set(sum, [...numbers, added]);
    return added;
  }
}

const nothing = new Uint8Array(0);

/** Candidates by number, in the order in which they were read. */
export class Candidates {
  length = 0;
  strata = new Names();
  districts = new Names();
  ids = new Column(Uint8Array);
  ends = new Column(Uint32Array); // of the ids
  stratum = new Column(Uint32Array); // number of the name
  district = new Column(Uint32Array);

  /** Reads one from a document that is at its beginning. */
  read(reader) {
    let stratum = -1;
    let district = -1;
    reader.object(candidateForm, (member) => {
      reader.span();
      switch (member.name) {
        case "id":
          return this.ids.append(reader.buffer, reader.from, reader.to);
        case "stratum":
          return (stratum = this.strata.number(reader.buffer, reader.from, reader.to));
      }
      return (district = this.districts.number(reader.buffer, reader.from, reader.to));
    });
    this.ends.push(this.ids.length);
    this.stratum.push(stratum < 0 ? this.strata.number(nothing, 0, 0) : stratum);
    this.district.push(district < 0 ? this.districts.number(nothing, 0, 0) : district);
    this.length++;
  }

  begin(i) {
    return i === 0 ? 0 : this.ends.values[i - 1];
  }

  end(i) {
    return this.ends.values[i];
  }

  id(i) {
    return decoder.decode(this.ids.values.subarray(this.begin(i), this.end(i)));
  }

  stratumOf(i) {
    return this.strata.texts[this.stratum.values[i]];
  }

  districtOf(i) {
    return this.districts.texts[this.district.values[i]];
  }

  /** Compares two by the bytes of their ids. */
  compare(i, j) {
    const ids = this.ids.values;
    return compareBytes(ids, this.begin(i), this.end(i), ids, this.begin(j), this.end(j));
  }

  /** The numbers in canonical order. */
  ordered() {
    const order = Uint32Array.from({ length: this.length }, (_, i) => i);
    for (let i = 1; i < this.length; i++) {
      if (this.compare(i - 1, i) > 0) return order.sort((a, b) => this.compare(a, b));
    }
    return order;
  }

  /** The hashed leaves in some order, 32 bytes each (§1). */
  leaves(order) {
    const out = new Uint8Array(32 * order.length);
    order.forEach((i, place) => {
      message().byte(0).part("subject").part(this.ids.values, this.begin(i), this.end(i))
        .part(this.strata.bytes[this.stratum.values[i]]).part(this.districts.bytes[this.district.values[i]])
        .sumInto(out, 32 * place);
    });
    return out;
  }

  /** The line of one in a pool file, without its line feed. */
  line(i) {
    return JSON.stringify({ id: this.id(i), stratum: this.stratumOf(i), district: this.districtOf(i) });
  }
}
