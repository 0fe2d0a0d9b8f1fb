import { RELAY_LIMITS } from "../relay_limits.ts";

/** Why the engine does not get a request. */
export interface Refusal {
  /** Code and reason phrase of the answer. */
  readonly status: string;
  /** A whole sentence without a final period. */
  readonly message: string;
}

const MEBIBYTE = 1024 * 1024;

/** Of requests that cannot be read, as Go's server answers them. The connection ends with each. */
export const UNREADABLE = {
  head: {
    status: "400 Bad Request",
    message: "Cannot take this request: its head is not valid HTTP/1",
  },
  version: {
    status: "505 HTTP Version Not Supported",
    message: "Cannot take this request: the relay supports HTTP/1 only",
  },
  headSize: {
    status: "431 Request Header Fields Too Large",
    message: `Cannot take this request: its head is larger than ${
      Math.floor(RELAY_LIMITS.headBytes / MEBIBYTE)
    } MiB`,
  },
} as const satisfies Record<string, Refusal>;

/** Of requests whose body may hold host paths that cannot be read. The connection ends with each. */
export const UNREADABLE_PATHS = {
  encoding: {
    status: "415 Unsupported Media Type",
    message: "Cannot translate the host paths of this request: its body is compressed; send it as plain JSON",
  },
  size: {
    status: "413 Request Entity Too Large",
    message: "Cannot translate the host paths of this request: its body is larger than " +
      `${RELAY_LIMITS.rewrittenBodyBytes / MEBIBYTE} MiB`,
  },
  chunks: {
    status: "400 Bad Request",
    message: "Cannot translate the host paths of this request: the chunks of its body are malformed",
  },
  end: {
    status: "400 Bad Request",
    message: "Cannot translate the host paths of this request: its body ends early",
  },
} as const satisfies Record<string, Refusal>;

/** Of a start, with a sentence about the container. */
export function refusedStart(message: string): Refusal {
  return { status: "409 Conflict", message };
}

/** Of a request with a path that the engine could only misunderstand. */
export function refusedPath(message: string): Refusal {
  return { status: "400 Bad Request", message };
}
