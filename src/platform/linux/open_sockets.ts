import { type Libc, libc } from "./libc.ts";
import {
  encodeQuery,
  type Family,
  type OpenSocket,
  readAnswer,
  type SocketProtocol,
} from "./socket_diagnosis.ts";
import { parseSocketTable } from "./socket_table.ts";

const AF_NETLINK = 16;
/** SOCK_RAW | SOCK_CLOEXEC */
const RAW_SOCKET = 0o2000003;
const NETLINK_SOCK_DIAG = 4;
/** The answer to a question is complete within the call that asks it. */
const MSG_DONTWAIT = 0x40;
/** The kernel puts at most so much of an answer into one message. */
const ANSWER_BYTES = 32 * 1024;

const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];
/** The suffixes of the tables in `/proc/net`. */
const TABLES: Readonly<Record<Family, string>> = { ipv4: "", ipv6: "6" };

/**
 * What is listened on in the network of this process, at any moment.
 *
 * The kernel is asked for these sockets alone, by netlink. Reading `/proc/net/tcp` instead makes it walk the table of
 * all connections of the machine, those of other networks too, and write a line for each one here. A kernel that is
 * built without the interface is read that way all the same.
 */
export class OpenSockets implements Disposable {
  readonly #libc: Libc = libc();
  readonly #socket: number;
  readonly #answer = new Uint8Array(ANSWER_BYTES);
  /** What the kernel has no interface for. */
  readonly #tables = new Set<string>();

  constructor() {
    this.#socket = this.#libc.symbols.socket(AF_NETLINK, RAW_SOCKET, NETLINK_SOCK_DIAG);
  }

  /** The sockets that a client may send to, of both families. @param wants Which ports matter. */
  list(protocol: SocketProtocol, wants: (port: number) => boolean): OpenSocket[] {
    return FAMILIES.flatMap((family) => {
      const table = `${protocol}${TABLES[family]}`;
      if (!this.#tables.has(table)) {
        const found = this.#ask(protocol, family, wants);
        if (found !== undefined) return found;
        this.#tables.add(table);
      }
      return readTable(table, wants);
    });
  }

  [Symbol.dispose](): void {
    if (this.#socket >= 0) this.#libc.symbols.close(this.#socket);
  }

  /** `undefined` if the kernel does not answer. */
  #ask(
    protocol: SocketProtocol,
    family: Family,
    wants: (port: number) => boolean,
  ): OpenSocket[] | undefined {
    const { send, recv } = this.#libc.symbols;
    const query = encodeQuery(protocol, family);
    if (send(this.#socket, query, BigInt(query.length), 0) < 0n) return undefined;
    const found: OpenSocket[] = [];
    for (;;) {
      const length = Number(recv(this.#socket, this.#answer, BigInt(ANSWER_BYTES), MSG_DONTWAIT));
      if (length <= 0) return undefined;
      const end = readAnswer(this.#answer.subarray(0, length), wants, (socket) => found.push(socket));
      if (end === "failed") return undefined;
      if (end === "done") return found;
    }
  }
}

function readTable(table: string, wants: (port: number) => boolean): OpenSocket[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(`/proc/net/${table}`);
  } catch {
    return []; // a kernel without IPv6
  }
  return parseSocketTable(text)
    .filter(({ isOpenToAll, port }) => isOpenToAll && wants(port))
    .map(({ address, port }) => ({ address, port }));
}
