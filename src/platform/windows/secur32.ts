/** The functions of secur32.dll that sign in (SSPI), with the structures that they take. */
import { wideText } from "./registry/registry_values.ts";
import { addressOf } from "./wide_memory.ts";

const FUNCTIONS = {
  // These may wait for the domain, so they get a thread of the runtime.
  AcquireCredentialsHandleW: {
    parameters: [
      ...["pointer", "buffer", "u32", "pointer", "buffer"],
      ...["pointer", "pointer", "buffer", "buffer"],
    ] as const,
    result: "u32",
    nonblocking: true,
  },
  InitializeSecurityContextW: {
    parameters: [
      ...["buffer", "buffer", "buffer", "u32", "u32", "u32"],
      ...["buffer", "u32", "buffer", "buffer", "buffer", "buffer"],
    ] as const,
    result: "u32",
    nonblocking: true,
  },
  CompleteAuthToken: { parameters: ["buffer", "buffer"], result: "u32" },
  DeleteSecurityContext: { parameters: ["buffer"], result: "u32" },
  FreeCredentialsHandle: { parameters: ["buffer"], result: "u32" },
} as const satisfies Deno.ForeignLibraryInterface;

let symbols: Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"] | undefined;

/** Opened with the first use, for as long as the process lives. */
export function secur32(): Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"] {
  return symbols ??= Deno.dlopen("secur32.dll", FUNCTIONS).symbols;
}

/** CredHandle and CtxtHandle: two pointers. */
export const SECURITY_HANDLE_BYTES = 16;

/** The most that a ticket of Kerberos takes by default, and more than any other token. */
const TOKEN_BYTES = 65_536;
const SECBUFFER_TOKEN = 2;
/** SecBuffer: size, kind and address. */
const BUFFER = { bytes: 16, size: 0, kind: 4, address: 8 } as const;
/** SecBufferDesc: version, count and address of the buffers. */
const DESCRIPTION = { bytes: 16, count: 4, address: 8 } as const;
/** SEC_WINNT_AUTH_IDENTITY_W: three texts with their lengths in characters, and flags. */
const IDENTITY = { bytes: 48, user: 0, domain: 16, password: 32, flags: 44, lengthAfter: 8 } as const;
const SEC_WINNT_AUTH_IDENTITY_UNICODE = 2;

/** A SecBufferDesc with one token in it. Keep it while Windows uses {@linkcode description}. */
export class TokenBuffer {
  readonly description = new Uint8Array(DESCRIPTION.bytes);
  readonly #buffer = new Uint8Array(BUFFER.bytes);
  readonly #token: Uint8Array<ArrayBuffer>;

  /** @param token What Windows reads; without it, room for what it writes. */
  constructor(token: Uint8Array<ArrayBuffer> = new Uint8Array(TOKEN_BYTES)) {
    this.#token = token;
    const buffer = new DataView(this.#buffer.buffer);
    buffer.setUint32(BUFFER.size, token.length, true);
    buffer.setUint32(BUFFER.kind, SECBUFFER_TOKEN, true);
    buffer.setBigUint64(BUFFER.address, addressOf(token), true);
    const description = new DataView(this.description.buffer);
    description.setUint32(DESCRIPTION.count, 1, true);
    description.setBigUint64(DESCRIPTION.address, addressOf(this.#buffer), true);
  }

  /** What Windows has written. */
  token(): Uint8Array<ArrayBuffer> {
    return this.#token.slice(0, new DataView(this.#buffer.buffer).getUint32(BUFFER.size, true));
  }
}

/** The name and password of somebody, for Windows. Keep it while Windows uses {@linkcode structure}. */
export class Identity {
  readonly structure = new Uint8Array(IDENTITY.bytes);
  readonly #texts: readonly Uint8Array[];

  /** @param username With the domain ahead, as in `CORP\jane`, or behind, as in `jane@corp.example`. */
  constructor({ username, password }: { readonly username: string; readonly password: string }) {
    const fields = new DataView(this.structure.buffer);
    const put = (offset: number, text: string) => {
      const wide = wideText(text);
      fields.setBigUint64(offset, addressOf(wide), true);
      fields.setUint32(offset + IDENTITY.lengthAfter, text.length, true);
      return wide;
    };
    const [, domain = "", user = username] = /^([^\\]*)\\(.*)$/s.exec(username) ?? [];
    this.#texts = [put(IDENTITY.user, user), put(IDENTITY.domain, domain), put(IDENTITY.password, password)];
    fields.setUint32(IDENTITY.flags, SEC_WINNT_AUTH_IDENTITY_UNICODE, true);
  }

  /** Overwrites the password; not before Windows has taken it. */
  clear(): void {
    for (const text of this.#texts) text.fill(0);
  }
}
