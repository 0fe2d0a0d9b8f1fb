/**
 * Bytes that every buffer of {@linkcode allocateWithHeaderRoom} has ahead of what is shown; as many as a frame
 * header of the mux takes, so that header and payload can go out in one write without copying the payload.
 */
export const HEADER_ROOM_BYTES = 8;

/** Buffers whose first bytes belong to nobody. */
const ROOMY = new WeakSet<ArrayBufferLike>();

/**
 * A read buffer of `length` bytes, whose ArrayBuffer has {@linkcode HEADER_ROOM_BYTES} free ones ahead.
 *
 * @example
 * ```ts
 * const buffer = allocateWithHeaderRoom(65_528);
 * await stream.write(buffer.subarray(0, await connection.read(buffer) ?? 0)); // the mux does not copy it
 * ```
 */
export function allocateWithHeaderRoom(length: number): Uint8Array<ArrayBuffer> {
  const buffer = new ArrayBuffer(HEADER_ROOM_BYTES + length);
  ROOMY.add(buffer);
  return new Uint8Array(buffer, HEADER_ROOM_BYTES);
}

/** Whether the bytes just ahead of `bytes` are free: it begins where a buffer with header room begins. */
export function hasHeaderRoom(bytes: Uint8Array): boolean {
  return bytes.byteOffset === HEADER_ROOM_BYTES && ROOMY.has(bytes.buffer);
}
