// SHA-256 (FIPS 180-4), synchronous. A draw of a million candidates takes some three million hashes of one or two blocks; Web
// Crypto answers each through a promise, which takes many times as long as the hash, and a page that came over plain http has
// none. Where there is one, it is what this code is held against before it is used: see trusted.

// The constants are the first 32 bits of the fractions of roots of the first primes (FIPS 180-4 §4.2.2, §5.3.3).
const primes = firstPrimes(64);
const rounds = Int32Array.from(primes, (p) => fractionOfRoot(p, 3n));
const initial = Int32Array.from(primes.slice(0, 8), (p) => fractionOfRoot(p, 2n));

const schedule = new Int32Array(64);
const state = new Int32Array(8);
const tail = new Uint8Array(128);
const tailView = new DataView(tail.buffer);

/**
 * Hashes bytes from one place to another and writes the 32 bytes of the digest. Neither allocates.
 * @param {Uint8Array} bytes
 * @param {number} from
 * @param {number} to
 * @param {Uint8Array} out where the digest goes, which may be among the bytes
 * @param {number} at its place there
 */
export function hashInto(bytes, from, to, out, at) {
  state.set(initial);
  let block = from;
  for (; block + 64 <= to; block += 64) compress(bytes, block);
  const rest = to - block;
  const end = rest < 56 ? 64 : 128;
  for (let i = 0; i < rest; i++) tail[i] = bytes[block + i];
  tail[rest] = 0x80;
  tail.fill(0, rest + 1, end - 8);
  // The length in bits; a browser holds no more bytes than fit 53 bits.
  tailView.setUint32(end - 8, Math.floor((to - from) / 0x20000000));
  tailView.setUint32(end - 4, ((to - from) * 8) >>> 0);
  for (block = 0; block < end; block += 64) compress(tail, block);
  for (let i = 0; i < 32; i++) out[at + i] = state[i >> 2] >>> (24 - 8 * (i & 3));
}

/** The digest of some bytes, in memory of its own. */
export function sha256(bytes) {
  const digest = new Uint8Array(32);
  hashInto(bytes, 0, bytes.length, digest, 0);
  return digest;
}

/**
 * Holds this code against a published value (FIPS 180-4) and against Web Crypto over random bytes of every length up to five
 * blocks.
 * @returns {Promise<"webcrypto"|"published"|"">} what it agrees with: Web Crypto; published values alone, where the browser
 *   offers no Web Crypto; or nothing, and then it must not be used
 */
export async function trusted() {
  const known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const digits = Array.from(sha256(Uint8Array.of(0x61, 0x62, 0x63)), (b) => b.toString(16).padStart(2, "0")).join("");
  if (digits !== known) return "";
  if (!globalThis.crypto?.subtle) return "published";
  const random = crypto.getRandomValues(new Uint8Array(320));
  const lengths = Array.from({ length: 321 }, (_, n) => n);
  const theirs = await Promise.all(lengths.map((n) => crypto.subtle.digest("SHA-256", random.subarray(0, n))));
  const agrees = theirs.every((digest, n) => {
    const own = sha256(random.subarray(0, n));
    return new Uint8Array(digest).every((byte, i) => byte === own[i]);
  });
  return agrees ? "webcrypto" : "";
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
