import { ipText } from "../addresses.ts";

/** A socket that takes connections, or datagrams, from anybody. */
export interface OpenSocket {
  readonly address: string;
  readonly port: number;
  readonly processId: number;
}

/** Where the parts of a row of a MIB table are, in bytes. */
interface RowLayout {
  readonly bytes: number;
  readonly address: number;
  readonly addressBytes: 4 | 16;
  readonly port: number;
  readonly processId: number;
}

/** Rows of the tables whose name ends in OWNER_PID, by protocol and family. */
const LAYOUTS = {
  tcp4: { bytes: 24, address: 4, addressBytes: 4, port: 8, processId: 20 },
  tcp6: { bytes: 56, address: 0, addressBytes: 16, port: 20, processId: 52 },
  udp4: { bytes: 12, address: 0, addressBytes: 4, port: 4, processId: 8 },
  udp6: { bytes: 28, address: 0, addressBytes: 16, port: 20, processId: 24 },
} as const satisfies Record<string, RowLayout>;

/** Names of the tables. */
export type SocketTableName = keyof typeof LAYOUTS;

const FAMILIES = { 4: 2, 6: 23 } as const;
const TCP_TABLE_OWNER_PID_LISTENER = 3;
const UDP_TABLE_OWNER_PID = 1;
const ERROR_INSUFFICIENT_BUFFER = 122;
/** Some hundred sockets; Windows says how much more it needs. */
const FIRST_BUFFER_BYTES = 16_384;
/** The table grows between two calls, but not for ever. */
const ATTEMPTS = 5;

const FUNCTIONS = {
  GetExtendedTcpTable: { parameters: ["buffer", "buffer", "i32", "u32", "u32", "u32"], result: "u32" },
  GetExtendedUdpTable: { parameters: ["buffer", "buffer", "i32", "u32", "u32", "u32"], result: "u32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The sockets that are open to all; empty when Windows does not report them. */
export function readSocketTable(name: SocketTableName): OpenSocket[] {
  const library = Deno.dlopen("iphlpapi.dll", FUNCTIONS);
  try {
    const family = name.endsWith("4") ? FAMILIES[4] : FAMILIES[6];
    const [call, table] = name.startsWith("tcp")
      ? [library.symbols.GetExtendedTcpTable, TCP_TABLE_OWNER_PID_LISTENER]
      : [library.symbols.GetExtendedUdpTable, UDP_TABLE_OWNER_PID];
    const size = new Uint32Array([FIRST_BUFFER_BYTES]);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const buffer = new Uint8Array(size[0]!);
      const status = call(buffer, size, 0, family, table, 0);
      if (status === 0) return parseOwnerTable(buffer, name);
      if (status !== ERROR_INSUFFICIENT_BUFFER) return [];
    }
    return [];
  } finally {
    library.close();
  }
}

/** Reads a table as Windows lays it out: the number of rows, then the rows. Pure. */
export function parseOwnerTable(bytes: Uint8Array, name: SocketTableName): OpenSocket[] {
  const layout = LAYOUTS[name];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const sockets: OpenSocket[] = [];
  for (let row = 0; row < view.getUint32(0, true); row++) {
    const start = 4 + row * layout.bytes;
    const address = start + layout.address;
    sockets.push({
      address: ipText(bytes.subarray(address, address + layout.addressBytes)),
      port: view.getUint16(start + layout.port), // in the network's byte order
      processId: view.getUint32(start + layout.processId, true),
    });
  }
  return sockets;
}
