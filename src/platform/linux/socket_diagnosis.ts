/**
 * The kernel's own interface to its sockets (NETLINK_SOCK_DIAG): what is asked and what comes back, as bytes. Used by
 * `open_sockets.ts`. Pure.
 */
import { ipText } from "../addresses.ts";

/** A port on which somebody takes connections or datagrams. */
export interface OpenSocket {
  /** As text: `127.0.0.1`, `::1`; `::` and `0.0.0.0` for all addresses. */
  readonly address: string;
  readonly port: number;
}

export type Family = "ipv4" | "ipv6";
export type SocketProtocol = "tcp" | "udp";

const FAMILIES = { ipv4: { number: 2, bytes: 4 }, ipv6: { number: 10, bytes: 16 } } as const;
/** The number of the protocol, and of the state of a socket without a peer: TCP_LISTEN, TCP_CLOSE. */
const PROTOCOLS = { tcp: { number: 6, state: 10 }, udp: { number: 17, state: 7 } } as const;

const SOCK_DIAG_BY_FAMILY = 20;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
/** NLM_F_REQUEST | NLM_F_DUMP */
const DUMP = 0x301;
/** Bytes of `struct nlmsghdr`, and of it with `struct inet_diag_req_v2` after it. */
const HEADER_BYTES = 16;
const REQUEST_BYTES = 72;
/** Where `struct inet_diag_msg` has the port and the address of a socket. */
const PORT_OFFSET = 4;
const ADDRESS_OFFSET = 8;
/** Messages begin at multiples of this. */
const ALIGNMENT = 4;

/** A request for all sockets without a peer. */
export function encodeQuery(protocol: SocketProtocol, family: Family): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(REQUEST_BYTES));
  view.setUint32(0, REQUEST_BYTES, true);
  view.setUint16(4, SOCK_DIAG_BY_FAMILY, true);
  view.setUint16(6, DUMP, true);
  view.setUint8(HEADER_BYTES, FAMILIES[family].number);
  view.setUint8(HEADER_BYTES + 1, PROTOCOLS[protocol].number);
  view.setUint32(HEADER_BYTES + 4, 1 << PROTOCOLS[protocol].state, true);
  return new Uint8Array(view.buffer);
}

/** What some bytes of the answer say: more is to come, that was all, or the kernel does not answer such questions. */
export type AnswerEnd = "more" | "done" | "failed";

/**
 * Reads a piece of the answer, which holds whole messages.
 *
 * @param found Called for each socket; its address is only made into text where `wants` says so.
 */
export function readAnswer(
  bytes: Uint8Array,
  wants: (port: number) => boolean,
  found: (socket: OpenSocket) => void,
): AnswerEnd {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + HEADER_BYTES <= bytes.length;) {
    const length = view.getUint32(at, true);
    if (length < HEADER_BYTES || at + length > bytes.length) return "failed";
    const type = view.getUint16(at + 4, true);
    if (type === NLMSG_ERROR) return "failed";
    if (type === NLMSG_DONE) return hasFailed(view, at, length) ? "failed" : "done";
    const socket = at + HEADER_BYTES;
    const port = view.getUint16(socket + PORT_OFFSET);
    if (wants(port)) {
      const { bytes: size } = view.getUint8(socket) === FAMILIES.ipv4.number ? FAMILIES.ipv4 : FAMILIES.ipv6;
      const start = socket + ADDRESS_OFFSET;
      found({ address: ipText([...bytes.subarray(start, start + size)]), port });
    }
    at += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
  }
  return "more";
}

/** The end carries an error number, where the kernel has no such sockets or cannot list them. */
function hasFailed(view: DataView, at: number, length: number): boolean {
  return length >= HEADER_BYTES + 4 && view.getInt32(at + HEADER_BYTES, true) < 0;
}
