import { ipText } from "../addresses.ts";

/** A socket of /proc/net/tcp, tcp6, udp or udp6. */
export interface KernelSocket {
  /** As text: `127.0.0.1`, `::1`; `::` and `0.0.0.0` for all addresses. */
  readonly address: string;
  readonly port: number;
  /** Whether it is bound, and has no peer: a listener, or a UDP socket that takes datagrams from anybody. */
  readonly isOpenToAll: boolean;
  readonly userId: number;
  readonly inode: number;
}

/** State of a listening TCP socket, and of a UDP socket without a peer. */
const LISTEN_STATE = "0A";
const UNCONNECTED_STATE = "07";

/**
 * Reads a table of the kernel's sockets. Lines that are not understood are skipped. Pure.
 *
 * @param text The content of `/proc/net/tcp` or one of its siblings.
 */
export function parseSocketTable(text: string): KernelSocket[] {
  const sockets: KernelSocket[] = [];
  for (const line of text.split("\n")) {
    const [, local, , state, , , , userId, , inode] = line.trim().split(/\s+/);
    const parts = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(local ?? "");
    if (parts === null) continue;
    sockets.push({
      address: addressText(parts[1]!),
      port: Number.parseInt(parts[2]!, 16),
      isOpenToAll: state === LISTEN_STATE || state === UNCONNECTED_STATE,
      userId: Number(userId),
      inode: Number(inode),
    });
  }
  return sockets;
}

/** The kernel writes each 32-bit word of an address in the machine's byte order. */
function addressText(hex: string): string {
  const bytes: number[] = [];
  for (let word = 0; word < hex.length; word += 8) {
    for (let byte = 6; byte >= 0; byte -= 2) {
      bytes.push(Number.parseInt(hex.slice(word + byte, word + byte + 2), 16));
    }
  }
  return ipText(bytes);
}
