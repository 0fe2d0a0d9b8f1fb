/**
 * SHA-256 without waiting and without `node:crypto`, which takes a start 25 ms to load: for short texts and for indexes of
 * some kilobytes. Files are hashed by `node:crypto`, which is ten times as fast. FIPS 180-4.
 */

const BLOCK_BYTES = 64;
/** The length of the message in bits is the last eight bytes of the last block. */
const LENGTH_BYTES = 8;

/** The fractional parts of the cube roots of the first 64 primes, and of the square roots of the first eight. */
const { constants: ROUND_CONSTANTS, initial: INITIAL } = primeRoots();

function primeRoots() {
  const constants = new Int32Array(BLOCK_BYTES);
  const initial = new Int32Array(8);
  const fraction = (root: number) => (root - Math.floor(root)) * 2 ** 32;
  for (let candidate = 2, count = 0; count < constants.length; candidate++) {
    let divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor++;
    if (divisor * divisor <= candidate) continue;
    if (count < initial.length) initial[count] = fraction(Math.sqrt(candidate));
    constants[count++] = fraction(Math.cbrt(candidate));
  }
  return { constants, initial };
}

/** The digest of bytes, or of a text as UTF-8, in lower-case hexadecimal. Pure. */
export function sha256(content: Uint8Array | string): string {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const blocks = Math.ceil((bytes.length + 1 + LENGTH_BYTES) / BLOCK_BYTES);
  const padded = new Uint8Array(blocks * BLOCK_BYTES);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - LENGTH_BYTES, BigInt(bytes.length) * 8n);
  const state = Int32Array.from(INITIAL);
  const schedule = new Int32Array(BLOCK_BYTES);
  for (let offset = 0; offset < padded.length; offset += BLOCK_BYTES) {
    digestBlock(state, schedule, view, offset);
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

function digestBlock(state: Int32Array, schedule: Int32Array, view: DataView, offset: number): void {
  for (let index = 0; index < 16; index++) schedule[index] = view.getInt32(offset + index * 4);
  for (let index = 16; index < schedule.length; index++) {
    const before15 = schedule[index - 15]!;
    const before2 = schedule[index - 2]!;
    const small0 = rotated(before15, 7) ^ rotated(before15, 18) ^ (before15 >>> 3);
    const small1 = rotated(before2, 17) ^ rotated(before2, 19) ^ (before2 >>> 10);
    schedule[index] = schedule[index - 16]! + small0 + schedule[index - 7]! + small1;
  }
  let a = state[0]!, b = state[1]!, c = state[2]!, d = state[3]!;
  let e = state[4]!, f = state[5]!, g = state[6]!, h = state[7]!;
  for (let index = 0; index < schedule.length; index++) {
    const big1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const first = (h + big1 + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[index]! + schedule[index]!) | 0;
    const big0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const second = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g, g = f, f = e, e = (d + first) | 0;
    d = c, c = b, b = a, a = (first + second) | 0;
  }
  state[0]! += a, state[1]! += b, state[2]! += c, state[3]! += d;
  state[4]! += e, state[5]! += f, state[6]! += g, state[7]! += h;
}

function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
