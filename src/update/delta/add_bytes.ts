/** Bytes of a word. */
const WORD = 4;

/**
 * Adds each of `addends` to the byte of `target` at its place behind `offset`, modulo 256. Most are zero, with which nothing has to
 * be done: four at a time are checked.
 */
export function addBytes(target: Uint8Array, offset: number, addends: Uint8Array): void {
  if (addends.length < 2 * WORD) return addRange(target, offset, addends, 0, addends.length);
  const start = -addends.byteOffset & WORD - 1; // a word begins at a multiple of four
  const count = Math.floor((addends.length - start) / WORD);
  const words = new Uint32Array(addends.buffer, addends.byteOffset + start, count);
  const end = start + count * WORD;
  addRange(target, offset, addends, 0, start);
  for (let word = 0; word < count; word++) {
    if (words[word] === 0) continue;
    const place = start + word * WORD;
    addRange(target, offset, addends, place, place + WORD);
  }
  addRange(target, offset, addends, end, addends.length);
}

function addRange(target: Uint8Array, offset: number, addends: Uint8Array, from: number, to: number): void {
  for (let place = from; place < to; place++) target[offset + place]! += addends[place]!;
}
