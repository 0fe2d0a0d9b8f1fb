import { FRAME_HEADER_BYTES, type FrameType, NO_BYTES, putHeader } from "../../src/mux/frame.ts";

/** A whole frame as bytes; the product puts its frames together in place. */
export function encodeFrame(type: FrameType, id: number, payload: Uint8Array = NO_BYTES): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  putHeader(bytes, 0, { type, id, length: payload.length });
  bytes.set(payload, FRAME_HEADER_BYTES);
  return bytes;
}
