// SHA-256 (FIPS 180-4), synchronous. A draw of 10,000 candidates takes some 50,000 hashes of one or two blocks; Web Crypto
// answers each through a promise, which takes some fifteen times as long even a thousand at a time, and does not exist on a
// page that came over plain http. Where it does exist, the page holds this code against it before it is used.

// The constants are the first 32 bits of the fractions of roots of the first primes (FIPS 180-4 §4.2.2, §5.3.3).
const primes = firstPrimes(64);
const rounds = Int32Array.from(primes, (p) => fractionOfRoot(p, 3n));
const initial = Int32Array.from(primes.slice(0, 8), (p) => fractionOfRoot(p, 2n));

const schedule = new Int32Array(64);
const state = new Int32Array(8);
const tail = new Uint8Array(128);

/**
 * The digest of some bytes.
 * @param {Uint8Array} bytes
 * @param {number} [length] how many of the bytes count; all of them unless it is given
 * @returns {Uint8Array} 32 bytes
 */
export function sha256(bytes, length = bytes.length) {
  state.set(initial);
  let at = 0;
  for (; at + 64 <= length; at += 64) compress(bytes, at);
  const rest = length - at;
  tail.fill(0);
  for (let i = 0; i < rest; i++) tail[i] = bytes[at + i];
  tail[rest] = 0x80;
  const end = rest < 56 ? 64 : 128;
  // The length in bits; a browser holds no more bytes than fit 53 bits.
  const view = new DataView(tail.buffer);
  view.setUint32(end - 8, Math.floor(length / 0x20000000));
  view.setUint32(end - 4, (length * 8) >>> 0);
  for (at = 0; at < end; at += 64) compress(tail, at);
  const digest = new Uint8Array(32);
  for (let i = 0; i < 32; i++) digest[i] = state[i >> 2] >>> (24 - 8 * (i & 3));
  return digest;
}

function compress(bytes, at) {
  const w = schedule;
  for (let t = 0; t < 16; t++, at += 4) {
    w[t] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15];
    const y = w[t - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[t] = (s1 + w[t - 7] + s0 + w[t - 16]) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let t = 0; t < 64; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + rounds[t] + w[t]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

function firstPrimes(count) {
  const found = [];
  for (let n = 2; found.length < count; n++) {
    if (found.every((p) => n % p !== 0)) found.push(n);
  }
  return found;
}

// fractionOfRoot gives the first 32 bits of the fraction of a root: the whole root of prime × 2^(32 × degree), without what
// is above 32 bits. The root is found by halving the range that it lies in.
function fractionOfRoot(prime, degree) {
  const wanted = BigInt(prime) << (32n * degree);
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** degree <= wanted) low = middle;
    else high = middle;
  }
  return Number(BigInt.asIntN(32, low));
}
