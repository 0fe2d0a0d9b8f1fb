/** Adds each of `addends` to the byte of `target` at its place behind `offset`, modulo 256. */
export function addBytes(target: Uint8Array, offset: number, addends: Uint8Array): void {
  for (let index = 0; index < addends.length; index++) {
    const addend = addends[index]!;
    // Most are zero, and a byte that need not change need not be read.
    if (addend !== 0) target[offset + index] = target[offset + index]! + addend;
  }
}
