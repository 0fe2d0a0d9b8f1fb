import { deleteRegistryValue, readStoredText, type RegistryKey, writeRegistryText } from "./registry.ts";
import { wideText } from "./registry_values.ts";

/** The variables of the user, which Windows puts after those of the machine. */
const ENVIRONMENT: RegistryKey = { hive: "HKCU", path: "Environment" };
const VALUE = "Path";

const HWND_BROADCAST = 0xffffn;
const WM_SETTINGCHANGE = 0x1a;
const SMTO_ABORTIFHUNG = 0x2;
/** What each window gets to answer. One that takes longer reads the variables when it is started again. */
const ANSWER_MILLISECONDS = 1_000;

const FUNCTIONS = {
  // Waits for every window of the desktop, so it gets a thread of the runtime.
  SendMessageTimeoutW: {
    parameters: ["usize", "u32", "usize", "buffer", "u32", "u32", "pointer"],
    result: "isize",
    nonblocking: true,
  },
} as const satisfies Deno.ForeignLibraryInterface;

let library: Deno.DynamicLibrary<typeof FUNCTIONS> | undefined;

/** The user's own part of PATH, as it is stored. */
export interface StoredPath {
  readonly text: string;
  /** Whether variables in it are filled in. */
  readonly expand: boolean;
}

/** Reads it; `null` where the user has none. @throws {WindlassError} `WL_REGISTRY_FAILED`. */
export function readUserPath(): StoredPath | null {
  return readStoredText(ENVIRONMENT, VALUE);
}

/**
 * Writes it, `null` takes it away, and tells the desktop, whose new programs get it from now on.
 *
 * @throws {WindlassError} `WL_REGISTRY_FAILED`.
 */
export async function writeUserPath(path: StoredPath | null): Promise<void> {
  if (path === null) deleteRegistryValue(ENVIRONMENT, VALUE);
  else writeRegistryText(ENVIRONMENT, VALUE, path.text, { expand: path.expand });
  await announceEnvironment();
}

/** Tells all windows that the variables have changed. Nothing depends on who has heard it. */
async function announceEnvironment(): Promise<void> {
  library ??= Deno.dlopen("user32.dll", FUNCTIONS); // for as long as the process lives
  const name = wideText("Environment");
  await library.symbols.SendMessageTimeoutW(
    HWND_BROADCAST,
    WM_SETTINGCHANGE,
    0n,
    name,
    SMTO_ABORTIFHUNG,
    ANSWER_MILLISECONDS,
    null,
  );
}
