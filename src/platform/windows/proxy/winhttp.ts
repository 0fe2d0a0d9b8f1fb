/** What winhttp.dll knows of proxies. Each call can wait for the network for seconds, so it gets a thread of the runtime. */
import { WindlassError } from "../../../errors/windlass_error.ts";
import { kernel32 } from "../kernel32.ts";
import { wideText } from "../registry/registry_values.ts";
import { addressOf, wideAt } from "../wide_memory.ts";

const FUNCTIONS = {
  WinHttpCloseHandle: { parameters: ["pointer"], result: "i32" },
  WinHttpDetectAutoProxyConfigUrl: { parameters: ["u32", "buffer"], result: "i32", nonblocking: true },
  WinHttpGetIEProxyConfigForCurrentUser: { parameters: ["buffer"], result: "i32", nonblocking: true },
  WinHttpGetProxyForUrl: {
    parameters: ["pointer", "buffer", "buffer", "buffer"],
    result: "i32",
    nonblocking: true,
  },
  WinHttpOpen: { parameters: ["buffer", "u32", "pointer", "pointer", "u32"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

const WINHTTP_ACCESS_TYPE_NO_PROXY = 1;
const WINHTTP_ACCESS_TYPE_NAMED_PROXY = 3;
const WINHTTP_AUTOPROXY_CONFIG_URL = 2;
const WINHTTP_AUTO_DETECT_TYPE_DHCP = 1;
const WINHTTP_AUTO_DETECT_TYPE_DNS_A = 2;

/** WINHTTP_CURRENT_USER_IE_PROXY_CONFIG: a flag and three texts. */
const USER_SETTINGS = { bytes: 32, autoDetect: 0, scriptUrl: 8, servers: 16, bypass: 24 } as const;
/** WINHTTP_AUTOPROXY_OPTIONS. */
const OPTIONS = { bytes: 32, flags: 0, scriptUrl: 8, signsIn: 28 } as const;
/** WINHTTP_PROXY_INFO. */
const ANSWER = { bytes: 24, access: 0, servers: 8, bypass: 16 } as const;
const POINTER_BYTES = 8;

let symbols: Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"] | undefined;

/** Opened with the first use, for as long as the process lives. */
function winhttp(): Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"] {
  return symbols ??= Deno.dlopen("winhttp.dll", FUNCTIONS).symbols;
}

/** The proxy settings of this user for the connection that is up, those of policies included. */
export interface UserProxySettings {
  /** Whether the network is asked for a PAC file (WPAD). */
  readonly autoDetect: boolean;
  /** The address of a PAC file; "" without one. */
  readonly scriptUrl: string;
  /** Such as `proxy:8080` or `http=a:80;https=b:80`; "" without one. */
  readonly servers: string;
  /** What needs no proxy, such as `*.example.com;<local>`. */
  readonly bypass: string;
}

/** Reads the settings; `null` if Windows does not tell them. */
export async function readUserProxySettings(): Promise<UserProxySettings | null> {
  const settings = new Uint8Array(USER_SETTINGS.bytes);
  if (!await winhttp().WinHttpGetIEProxyConfigForCurrentUser(settings)) return null;
  return {
    autoDetect: new DataView(settings.buffer).getUint32(USER_SETTINGS.autoDetect, true) !== 0,
    scriptUrl: takeText(settings, USER_SETTINGS.scriptUrl),
    servers: takeText(settings, USER_SETTINGS.servers),
    bypass: takeText(settings, USER_SETTINGS.bypass),
  };
}

/** The address of the PAC file that this network names by DHCP or DNS; `null` if it names none. Takes seconds. */
export async function detectScriptUrl(): Promise<string | null> {
  const found = new Uint8Array(POINTER_BYTES);
  const ways = WINHTTP_AUTO_DETECT_TYPE_DHCP | WINHTTP_AUTO_DETECT_TYPE_DNS_A;
  if (!await winhttp().WinHttpDetectAutoProxyConfigUrl(ways, found)) return null;
  return takeText(found, 0) || null;
}

/** Evaluates PAC files, and keeps what it has fetched until it is disposed. */
export class ScriptSession implements Disposable {
  #handle: Deno.PointerValue;
  /** Calls under way, each with the memory that Windows reads meanwhile. */
  readonly #calls = new Map<symbol, readonly Uint8Array[]>();
  #closed = false;

  /** @throws {WindlassError} `WL_INTERNAL` if Windows has no room for it. */
  constructor() {
    const handle = winhttp().WinHttpOpen(wideText("Windlass"), WINHTTP_ACCESS_TYPE_NO_PROXY, null, null, 0);
    if (handle === null) {
      throw new WindlassError("WL_INTERNAL", "Cannot read the proxy settings: WinHttpOpen failed");
    }
    this.#handle = handle;
  }

  /**
   * The proxies that the PAC file at `scriptUrl` names for `url`, such as `a:8080;b:8080`, "" for none; `null` if
   * Windows could not fetch or run it. Why is not known: its error stays on the thread that the call ran on.
   */
  async serversFor(url: string, scriptUrl: string): Promise<string | null> {
    // Windows shares what it keeps among programs only while nobody signs in to fetch the file.
    return await this.#ask(url, scriptUrl, false) ?? await this.#ask(url, scriptUrl, true);
  }

  async #ask(url: string, scriptUrl: string, signsIn: boolean): Promise<string | null> {
    if (this.#closed) return null;
    const address = wideText(url);
    const script = wideText(scriptUrl);
    const options = new Uint8Array(OPTIONS.bytes);
    const fields = new DataView(options.buffer);
    fields.setUint32(OPTIONS.flags, WINHTTP_AUTOPROXY_CONFIG_URL, true);
    fields.setBigUint64(OPTIONS.scriptUrl, addressOf(script), true);
    fields.setUint32(OPTIONS.signsIn, signsIn ? 1 : 0, true);
    const answer = new Uint8Array(ANSWER.bytes);
    const call = Symbol();
    this.#calls.set(call, [address, script, options, answer]);
    try {
      if (!await winhttp().WinHttpGetProxyForUrl(this.#handle, address, options, answer)) return null;
    } finally {
      this.#calls.delete(call);
      this.#closeWhenUnused();
    }
    takeText(answer, ANSWER.bypass);
    const servers = takeText(answer, ANSWER.servers);
    const access = new DataView(answer.buffer).getUint32(ANSWER.access, true);
    return access === WINHTTP_ACCESS_TYPE_NAMED_PROXY ? servers : "";
  }

  /** Takes no more calls, and ends with the last one: that can take as long as the network does. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#closeWhenUnused();
  }

  #closeWhenUnused(): void {
    if (!this.#closed || this.#calls.size > 0 || this.#handle === null) return;
    winhttp().WinHttpCloseHandle(this.#handle);
    this.#handle = null;
  }
}

/** Reads the text that a field of a structure points to, and gives its memory back; "" where there is none. */
function takeText(structure: Uint8Array<ArrayBuffer>, offset: number): string {
  const pointer = Deno.UnsafePointer.create(new DataView(structure.buffer).getBigUint64(offset, true));
  if (pointer === null) return "";
  try {
    return wideAt(pointer);
  } finally {
    kernel32().GlobalFree(pointer);
  }
}
