import { MAXIMUM_TEXT_BYTES } from "./mux_limits.ts";

/** Bytes ahead of every payload: type (1), length (3), stream id (4). */
export const FRAME_HEADER_BYTES = 8;

/** The frame types of `PROTOCOL.md`. */
export const FRAME_TYPE = {
  OPEN: 1,
  REFUSE: 2,
  DATA: 3,
  WINDOW: 4,
  FIN: 5,
  RESET: 6,
  CLOSE: 7,
  PING: 8,
  PONG: 9,
  GOAWAY: 10,
} as const;

/** One of {@linkcode FRAME_TYPE}. */
export type FrameType = typeof FRAME_TYPE[keyof typeof FRAME_TYPE];

/** Largest payload of a DATA frame that is accepted. */
export const MAXIMUM_DATA_BYTES = 65_536;

/** What one type allows; `session` frames carry id 0 and no other frame does. */
export interface FrameRule {
  readonly name: string;
  readonly session: boolean;
  readonly minimum: number;
  readonly maximum: number;
}

/** The rule of each type, by its number; index 0 is not a type. */
export const FRAME_RULES: readonly (FrameRule | undefined)[] = [
  undefined,
  { name: "OPEN", session: false, minimum: 1, maximum: MAXIMUM_TEXT_BYTES },
  { name: "REFUSE", session: false, minimum: 0, maximum: MAXIMUM_TEXT_BYTES },
  { name: "DATA", session: false, minimum: 1, maximum: MAXIMUM_DATA_BYTES },
  { name: "WINDOW", session: false, minimum: 4, maximum: 4 },
  { name: "FIN", session: false, minimum: 0, maximum: 0 },
  { name: "RESET", session: false, minimum: 0, maximum: MAXIMUM_TEXT_BYTES },
  { name: "CLOSE", session: false, minimum: 0, maximum: 0 },
  { name: "PING", session: true, minimum: 8, maximum: 8 },
  { name: "PONG", session: true, minimum: 8, maximum: 8 },
  { name: "GOAWAY", session: true, minimum: 1, maximum: 1 + MAXIMUM_TEXT_BYTES },
];

/** Puts a frame header at `at`; there must be room for {@linkcode FRAME_HEADER_BYTES}. */
export function putHeader(into: Uint8Array, at: number, header: FrameHeader): void {
  into[at] = header.type;
  into[at + 1] = header.length >>> 16;
  into[at + 2] = header.length >>> 8;
  into[at + 3] = header.length;
  putUint32(into, at + 4, header.id);
}

/** The header of a DATA frame, without an object: this one is on the path of every byte. */
export function putDataHeader(into: Uint8Array, at: number, id: number, length: number): void {
  into[at] = FRAME_TYPE.DATA;
  into[at + 1] = length >>> 16;
  into[at + 2] = length >>> 8;
  into[at + 3] = length;
  putUint32(into, at + 4, id);
}

/** What a header says. */
export interface FrameHeader {
  readonly type: FrameType;
  readonly id: number;
  /** Bytes of the payload. */
  readonly length: number;
}

/** Puts a 32-bit number at `at`. */
export function putUint32(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
}

/** The 32-bit number at `at`. */
export function uint32At(bytes: Uint8Array, at: number): number {
  return (bytes[at]! * 0x1000000) + (bytes[at + 1]! << 16) + (bytes[at + 2]! << 8) + bytes[at + 3]!;
}

/** The payload of a WINDOW frame. */
export function encodeUint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  putUint32(bytes, 0, value);
  return bytes;
}

/** Text for a frame, cut at a character so that it fits. */
export function encodeText(text: string, maximum: number = MAXIMUM_TEXT_BYTES): Uint8Array {
  const bytes = new Uint8Array(Math.min(maximum, text.length * 3));
  const { written } = ENCODER.encodeInto(text, bytes);
  return bytes.subarray(0, written);
}

/** The text of a frame, or `null` if it is not UTF-8. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return DECODER.decode(bytes);
  } catch {
    return null; // the caller knows which frame it was and says so
  }
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The payload of a frame that has none. */
export const NO_BYTES: Uint8Array = new Uint8Array(0);
