import { INVALID_HANDLE, kernel32 } from "../kernel32.ts";
import { executableOf } from "../process_name.ts";
import { wideText } from "../registry/registry_values.ts";

/** A process that serves a pipe. */
export interface PipeOwner {
  readonly processId: number;
  /** Such as `C:\Program Files\Docker\Docker\com.docker.backend.exe`; `null` if Windows does not tell us. */
  readonly executable: string | null;
}

const GENERIC_READ = 0x8000_0000;
const OPEN_EXISTING = 3;
/** The server cannot act in our name. */
const SQOS_ANONYMOUS = 0x10_0000;

/**
 * The process that serves the pipe at `address`, as far as Windows reports it: it takes a connection, which to the server is a client
 * that connects and leaves.
 */
export function findPipeOwner(address: string): PipeOwner | null {
  const { CreateFileW, GetNamedPipeServerProcessId } = kernel32();
  using pipe = owned(
    CreateFileW(wideText(address), GENERIC_READ, 0, null, OPEN_EXISTING, SQOS_ANONYMOUS, 0n),
  );
  const id = new Uint32Array(new ArrayBuffer(Uint32Array.BYTES_PER_ELEMENT));
  if (pipe === null || !GetNamedPipeServerProcessId(pipe.handle, new Uint8Array(id.buffer))) return null;
  const processId = id[0]!;
  return { processId, executable: executableOf(processId) };
}

function owned(handle: bigint): ({ readonly handle: bigint } & Disposable) | null {
  if (handle === INVALID_HANDLE || handle === 0n) return null;
  return { handle, [Symbol.dispose]: () => void kernel32().CloseHandle(handle) };
}
