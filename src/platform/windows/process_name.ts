import { INVALID_HANDLE, kernel32 } from "./kernel32.ts";
import { textOfWide } from "./registry/registry_values.ts";

const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
/** The longest path that Windows knows, in characters. */
const PATH_CHARACTERS = 32_767;
/** The kernel itself, which listens for services such as IIS; it has no file. */
const SYSTEM_PROCESS = 4;

/** The file of a process, such as `C:\Windows\explorer.exe`; `null` if Windows does not tell us. */
export function executableOf(processId: number): string | null {
  const { OpenProcess, QueryFullProcessImageNameW, CloseHandle } = kernel32();
  const process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, processId);
  if (process === INVALID_HANDLE || process === 0n) return null;
  try {
    const path = new Uint16Array(PATH_CHARACTERS);
    const length = new Uint32Array([PATH_CHARACTERS]);
    const buffer = new Uint8Array(path.buffer);
    const found = QueryFullProcessImageNameW(process, 0, buffer, new Uint8Array(length.buffer));
    return found ? textOfWide(buffer) : null;
  } finally {
    CloseHandle(process);
  }
}

/** The name of a process' program, such as `explorer.exe`; `undefined` if Windows does not tell us. */
export function processName(processId: number): string | undefined {
  if (processId === SYSTEM_PROCESS) return "System";
  return executableOf(processId)?.split("\\").at(-1);
}
