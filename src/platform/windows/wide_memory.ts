/** Texts in memory that Windows owns or reads. */

/** Reads UTF-16 up to its zero. */
export function wideAt(pointer: Deno.PointerObject): string {
  const view = new Deno.UnsafePointerView(pointer);
  let text = "";
  for (let offset = 0;; offset += Uint16Array.BYTES_PER_ELEMENT) {
    const unit = view.getUint16(offset);
    if (unit === 0) return text;
    text += String.fromCharCode(unit);
  }
}

/** Where a buffer is, for a field of a structure. The buffer must outlive the call that reads the structure. */
export function addressOf(buffer: Uint8Array<ArrayBuffer>): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(buffer));
}
