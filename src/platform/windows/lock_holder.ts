import { unlessMissing } from "../../errors/unless_missing.ts";
import type { LockFiles, LockHolderProcess } from "../lock_holder.ts";
import { kernel32 } from "./kernel32.ts";
import { ntdll } from "./ntdll.ts";
import { executableOf } from "./process_name.ts";

const PROCESS_TERMINATE = 0x0001;
const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
/** What TerminateProcess leaves as exit code. */
const ENDED_EXIT_CODE = 1;
/** Of NtQueryInformationProcess. */
const PROCESS_COMMAND_LINE = 60;
/** A UNICODE_STRING and the longest command line behind it. */
const COMMAND_LINE_BYTES = 16 + 2 * 32_768;
/** Between 1601 and 1970, in units of FILETIME. */
const EPOCH_UNITS = 116_444_736_000_000_000n;
const UNITS_IN_MILLISECOND = 10_000n;
/** File systems round times of files, FAT to two seconds. */
const ROUNDING_MILLISECONDS = 2_000;

/** Opens the process that says in `pidFile` that it holds the lock. The caller has seen that somebody does. */
export async function openLockHolderOnWindows(
  { pidFile }: Pick<LockFiles, "pidFile">,
): Promise<LockHolderProcess | undefined> {
  const written = await unlessMissing(() => Deno.stat(pidFile));
  const processId = written && Number.parseInt(await Deno.readTextFile(pidFile), 10);
  if (!processId || !written?.mtime) return undefined;
  const { OpenProcess, TerminateProcess, CloseHandle } = kernel32();
  const handle = OpenProcess(PROCESS_TERMINATE | PROCESS_QUERY_LIMITED_INFORMATION, 0, processId);
  if (handle === 0n) return undefined;
  const started = startTime(handle);
  const executable = executableOf(processId);
  // A process of the same number that began later is another one.
  if (
    started === undefined || executable === null || started > written.mtime.getTime() + ROUNDING_MILLISECONDS
  ) {
    CloseHandle(handle);
    return undefined;
  }
  return {
    processId,
    executable,
    commandLine: [commandLine(handle)],
    terminate: () => false,
    kill() {
      if (!TerminateProcess(handle, ENDED_EXIT_CODE)) {
        throw new Deno.errors.PermissionDenied(`process ${processId} cannot be ended`);
      }
    },
    [Symbol.dispose]: () => void CloseHandle(handle),
  };
}

/** When it was started, in milliseconds since 1970. */
function startTime(handle: bigint): number | undefined {
  const times = Array.from({ length: 4 }, () => new BigUint64Array(1));
  const [created, exited, kernel, user] = times.map((time) => new Uint8Array(time.buffer)) as [
    Uint8Array<ArrayBuffer>,
    Uint8Array<ArrayBuffer>,
    Uint8Array<ArrayBuffer>,
    Uint8Array<ArrayBuffer>,
  ];
  if (!kernel32().GetProcessTimes(handle, created, exited, kernel, user)) return undefined;
  return Number((times[0]![0]! - EPOCH_UNITS) / UNITS_IN_MILLISECOND);
}

/** Its command line; empty if Windows does not say. */
function commandLine(handle: bigint): string {
  const buffer = new Uint8Array(COMMAND_LINE_BYTES);
  const written = new Uint8Array(4);
  const status = ntdll().NtQueryInformationProcess(
    handle,
    PROCESS_COMMAND_LINE,
    buffer,
    buffer.length,
    written,
  );
  if (status !== 0) return "";
  const bytes = new DataView(buffer.buffer).getUint16(0, true);
  return new TextDecoder("utf-16le").decode(buffer.subarray(16, 16 + bytes));
}
