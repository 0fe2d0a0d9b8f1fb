import { WindlassError } from "../../errors/windlass_error.ts";
import type { BackgroundOptions, BackgroundProcess } from "../background_process.ts";
import { INVALID_HANDLE, kernel32 } from "./kernel32.ts";
import { commandLine, environmentText } from "./command_line.ts";
import { wideText } from "./registry/registry_values.ts";

const CREATE_NEW_PROCESS_GROUP = 0x200;
const CREATE_UNICODE_ENVIRONMENT = 0x400;
const EXTENDED_STARTUPINFO_PRESENT = 0x8_0000;
const CREATE_BREAKAWAY_FROM_JOB = 0x100_0000;
const CREATE_NO_WINDOW = 0x800_0000;
const STARTF_USESTDHANDLES = 0x100;
const PROC_THREAD_ATTRIBUTE_HANDLE_LIST = 0x2_0002n;
const FILE_APPEND_DATA = 0x4;
const SYNCHRONIZE = 0x10_0000;
const GENERIC_READ = 0x8000_0000;
const FILE_SHARE_ALL = 0x7;
const OPEN_EXISTING = 3;
const OPEN_ALWAYS = 4;
const INFINITE = 0xffff_ffff;

/** Sizes and offsets of structures of 64-bit Windows, in bytes. */
const SECURITY_ATTRIBUTES_BYTES = 24;
const STARTUPINFOEX = { size: 112, flags: 60, standardInput: 80, attributes: 104 } as const;
const PROCESS_INFORMATION = { size: 24, process: 0, thread: 8 } as const;
/** A start report is one short line. */
const READ_BYTES = 4096;

/**
 * Starts a program with a console of its own that has no window, outside of the job that this process is in if
 * the job allows that. It gets three handles and no other: one that it inherited by chance, such as the output
 * of a shell's pipeline, would stay open for as long as it lives.
 *
 * @throws {WindlassError} `WL_PROGRAM_MISSING` with the number of Windows' error.
 */
export function startWithoutConsole(options: BackgroundOptions): BackgroundProcess {
  using given = new DisposableStack();
  const own = (handle: bigint) => {
    if (handle === INVALID_HANDLE) throw startError(options.program);
    given.defer(() => kernel32().CloseHandle(handle));
    return handle;
  };
  const nul = own(openInheritable("NUL", GENERIC_READ, OPEN_EXISTING));
  const errors = own(openInheritable(options.errorFile, FILE_APPEND_DATA | SYNCHRONIZE, OPEN_ALWAYS));
  const pipe = createPipe();
  own(pipe.write);
  const process = createProcess(options, [nul, pipe.write, errors]);
  if (process === undefined) {
    const error = startError(options.program);
    kernel32().CloseHandle(pipe.read);
    throw error;
  }
  return new WindowsProcess(process, pipe.read);
}

class WindowsProcess implements BackgroundProcess {
  readonly stdout: ReadableStream<Uint8Array>;

  constructor(private readonly process: bigint, output: bigint) {
    const buffer = new Uint8Array(READ_BYTES);
    const count = new Uint32Array(1);
    this.stdout = new ReadableStream({
      async pull(controller) {
        // A failure is the end as well: the last holder of the other end has closed it.
        if (await kernel32().ReadFile(output, buffer, buffer.length, count, null) !== 0 && count[0]! > 0) {
          return controller.enqueue(buffer.slice(0, count[0]));
        }
        kernel32().CloseHandle(output);
        controller.close();
      },
      cancel: () => void kernel32().CloseHandle(output),
    });
  }

  kill(): void {
    kernel32().TerminateProcess(this.process, 1);
  }

  async exitCode(): Promise<number> {
    await kernel32().WaitForSingleObject(this.process, INFINITE);
    const code = new Uint32Array(1);
    kernel32().GetExitCodeProcess(this.process, code);
    return code[0]!;
  }
}

/** Handle of the process, which the caller owns from now on; nothing on failure. */
function createProcess(options: BackgroundOptions, streams: readonly bigint[]): bigint | undefined {
  const handles = new BigInt64Array(streams);
  using attributes = inheritOnly(handles);
  const startup = new Uint8Array(STARTUPINFOEX.size);
  const view = new DataView(startup.buffer);
  view.setUint32(0, STARTUPINFOEX.size, true);
  view.setUint32(STARTUPINFOEX.flags, STARTF_USESTDHANDLES, true);
  streams.forEach((handle, index) => view.setBigInt64(STARTUPINFOEX.standardInput + index * 8, handle, true));
  view.setBigUint64(STARTUPINFOEX.attributes, addressOf(attributes.list), true);
  const environment = wideText(environmentText({ ...Deno.env.toObject(), ...options.environment }));
  const directory = wideText(options.workingDirectory);
  const created = new Uint8Array(PROCESS_INFORMATION.size);
  const start = (flags: number): boolean =>
    kernel32().CreateProcessW(
      null,
      wideText(commandLine([options.program, ...options.args])), // Windows may write into it
      null,
      null,
      1,
      flags,
      environment,
      directory,
      startup,
      created,
    ) !== 0;
  const usual = CREATE_NO_WINDOW | CREATE_NEW_PROCESS_GROUP | CREATE_UNICODE_ENVIRONMENT |
    EXTENDED_STARTUPINFO_PRESENT;
  // A job that is not ours may forbid to leave it; then the program lives as long as that job does.
  if (!start(usual | CREATE_BREAKAWAY_FROM_JOB) && !start(usual)) return undefined;
  const result = new DataView(created.buffer);
  kernel32().CloseHandle(result.getBigInt64(PROCESS_INFORMATION.thread, true));
  return result.getBigInt64(PROCESS_INFORMATION.process, true);
}

/** Names the handles that a new process inherits; they must stay where they are until it is disposed of. */
function inheritOnly(handles: BigInt64Array<ArrayBuffer>): { list: Uint8Array<ArrayBuffer> } & Disposable {
  const size = new BigInt64Array(1);
  kernel32().InitializeProcThreadAttributeList(null, 1, 0, size);
  const list = new Uint8Array(Number(size[0]));
  kernel32().InitializeProcThreadAttributeList(list, 1, 0, size);
  kernel32().UpdateProcThreadAttribute(
    list,
    0,
    PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
    handles,
    BigInt(handles.byteLength),
    null,
    null,
  );
  return { list, [Symbol.dispose]: () => kernel32().DeleteProcThreadAttributeList(list) };
}

function openInheritable(path: string, access: number, disposition: number): bigint {
  return kernel32().CreateFileW(
    wideText(path),
    access,
    FILE_SHARE_ALL,
    Deno.UnsafePointer.of(inheritable()),
    disposition,
    0,
    0n,
  );
}

function createPipe(): { read: bigint; write: bigint } {
  const read = new BigInt64Array(1);
  const write = new BigInt64Array(1);
  if (kernel32().CreatePipe(read, write, inheritable(), 0) === 0) throw startError("a pipe");
  return { read: read[0]!, write: write[0]! };
}

/** SECURITY_ATTRIBUTES: the usual descriptor, and the handle may be inherited by whom it is named to. */
function inheritable(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(SECURITY_ATTRIBUTES_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, SECURITY_ATTRIBUTES_BYTES, true);
  view.setUint32(16, 1, true);
  return bytes;
}

function addressOf(bytes: Uint8Array<ArrayBuffer>): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
}

function startError(program: string): WindlassError {
  const number = kernel32().GetLastError();
  return new WindlassError("WL_PROGRAM_MISSING", `Cannot run '${program}': Windows reported error ${number}`);
}
