import { WindlassError } from "../../errors/windlass_error.ts";
import { wideText } from "./registry/registry_values.ts";

/** A shortcut. */
export interface ShellLink {
  /** Absolute path of the program. */
  readonly target: string;
  /** Its arguments as one text. */
  readonly arguments: string;
  /** Shown when the pointer rests on it. */
  readonly description: string;
  /** The folder that the program starts in. */
  readonly workingDirectory: string;
}

/** A thread with windows, which the shell's objects want. */
const COINIT_APARTMENTTHREADED = 0x2;
const CLSCTX_INPROC_SERVER = 0x1;
/** The thread has been set up in another way before, which serves as well. */
const RPC_E_CHANGED_MODE = 0x8001_0106;

const CLSID_SHELL_LINK = "00021401-0000-0000-c000-000000000046";
const IID_SHELL_LINK = "000214f9-0000-0000-c000-000000000046";
const IID_PERSIST_FILE = "0000010b-0000-0000-c000-000000000046";

/** Places in the tables of functions of IUnknown, IShellLinkW and IPersistFile. */
const SLOT = {
  queryInterface: 0,
  release: 2,
  setDescription: 7,
  setWorkingDirectory: 9,
  setArguments: 11,
  setIconLocation: 17,
  setPath: 20,
  save: 6,
} as const;
const POINTER_BYTES = 8;

const FUNCTIONS = {
  CoInitializeEx: { parameters: ["pointer", "u32"], result: "u32" },
  CoUninitialize: { parameters: [], result: "void" },
  CoCreateInstance: { parameters: ["buffer", "pointer", "u32", "buffer", "buffer"], result: "u32" },
} as const satisfies Deno.ForeignLibraryInterface;

let library: Deno.DynamicLibrary<typeof FUNCTIONS> | undefined;

/** Opened with the first use, for as long as the process lives. */
function ole32(): Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"] {
  library ??= Deno.dlopen("ole32.dll", FUNCTIONS);
  return library.symbols;
}

/**
 * Writes a shortcut file, replacing an existing one. Its icon is the program's first. All calls are made on this one
 * thread, as the shell's objects want it.
 *
 * @param path Absolute, ending in `.lnk`; its folder exists.
 * @throws {WindlassError} `WL_SHORTCUT_FAILED` with the number that Windows gives.
 */
export function writeShellLink(path: string, link: ShellLink): void {
  using owned = new DisposableStack();
  const initialized = ole32().CoInitializeEx(null, COINIT_APARTMENTTHREADED);
  if (initialized !== RPC_E_CHANGED_MODE) {
    requireSuccess(initialized, path, "CoInitializeEx");
    owned.defer(() => ole32().CoUninitialize());
  }
  const created = new BigUint64Array(1);
  requireSuccess(
    ole32().CoCreateInstance(
      guidBytes(CLSID_SHELL_LINK),
      null,
      CLSCTX_INPROC_SERVER,
      guidBytes(IID_SHELL_LINK),
      created,
    ),
    path,
    "CoCreateInstance",
  );
  const shell = owned.use(new ComObject(created[0]!));
  const text = (slot: number, value: string, name: string) =>
    requireSuccess(shell.call(slot, ["buffer"], [wideText(value)]), path, name);
  text(SLOT.setPath, link.target, "SetPath");
  text(SLOT.setArguments, link.arguments, "SetArguments");
  text(SLOT.setDescription, link.description, "SetDescription");
  text(SLOT.setWorkingDirectory, link.workingDirectory, "SetWorkingDirectory");
  const icon = shell.call(SLOT.setIconLocation, ["buffer", "i32"], [wideText(link.target), 0]);
  requireSuccess(icon, path, "SetIconLocation");
  const queried = new BigUint64Array(1);
  const found = shell.call(SLOT.queryInterface, ["buffer", "buffer"], [guidBytes(IID_PERSIST_FILE), queried]);
  requireSuccess(found, path, "QueryInterface");
  const file = owned.use(new ComObject(queried[0]!));
  requireSuccess(file.call(SLOT.save, ["buffer", "i32"], [wideText(path), 1]), path, "Save");
}

/** An object of the system's; disposing it releases it. */
class ComObject implements Disposable {
  readonly #object: Deno.PointerObject;

  constructor(address: bigint) {
    this.#object = Deno.UnsafePointer.create(address)!;
  }

  call(slot: number, parameters: readonly Deno.NativeType[], values: readonly unknown[]): number {
    const table = new Deno.UnsafePointerView(this.#object).getPointer(0)!;
    const method = new Deno.UnsafePointerView(table).getPointer(slot * POINTER_BYTES)!;
    const definition = { parameters: ["pointer", ...parameters], result: "u32" } as const;
    const call = new Deno.UnsafeFnPointer(method as Deno.PointerObject<typeof definition>, definition);
    return (call.call as (...values: unknown[]) => number)(this.#object, ...values);
  }

  [Symbol.dispose](): void {
    this.call(SLOT.release, [], []);
  }
}

/** The bytes of a GUID: its first three groups are numbers, low byte first. Pure. */
export function guidBytes(text: string): Uint8Array<ArrayBuffer> {
  const groups = text.split("-").map((group) => group.match(/../g) ?? []);
  const ordered = groups.flatMap((group, index) => index < 3 ? group.reverse() : group);
  return new Uint8Array(ordered.map((byte) => Number.parseInt(byte, 16)));
}

/** The highest bit of a HRESULT is failure. */
function requireSuccess(result: number, path: string, call: string): void {
  if (result < 0x8000_0000) return;
  throw new WindlassError(
    "WL_SHORTCUT_FAILED",
    `Cannot make the shortcut '${path}': ${call} returned 0x${result.toString(16).padStart(8, "0")}`,
  );
}
