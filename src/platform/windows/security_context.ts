import { orAborted } from "../../timing/or_aborted.ts";
import type {
  OpenSecurityContext,
  SecurityContext,
  SecurityContextOptions,
  SecurityStep,
} from "../security_package.ts";
import { wideText } from "./registry/registry_values.ts";
import { Identity, secur32, SECURITY_HANDLE_BYTES, TokenBuffer } from "./secur32.ts";

const SECPKG_CRED_OUTBOUND = 2;
const SECURITY_NATIVE_DREP = 0x10;

const SEC_E_OK = 0;
const SEC_I_CONTINUE_NEEDED = 0x9_0312;
const SEC_I_COMPLETE_NEEDED = 0x9_0313;
const SEC_I_COMPLETE_AND_CONTINUE = 0x9_0314;

/** What goes wrong on machines of users; anything else is shown as a number. */
const REASONS: Readonly<Record<number, string>> = {
  0x8009_0303: "it does not know the service of that host",
  0x8009_0305: "it does not have that package",
  0x8009_0308: "it does not understand what the other side said",
  0x8009_030c: "it refuses the sign-in",
  0x8009_030e: "it has no credentials for it",
  0x8009_0311: "it cannot reach the domain",
};

/** Signs in by SSPI. Nothing is loaded before the first step. */
export const openSecurityContext: OpenSecurityContext = (options) => new WindowsSecurityContext(options);

class WindowsSecurityContext implements SecurityContext {
  readonly #options: SecurityContextOptions;
  readonly #target: Uint8Array<ArrayBuffer>;
  /** Set once Windows has given them. */
  #credentials: Uint8Array<ArrayBuffer> | undefined;
  #context: Uint8Array<ArrayBuffer> | undefined;
  /** Of a call under way: Windows reads and writes it on another thread. */
  #memory: readonly object[] | undefined;
  #disposed = false;

  constructor(options: SecurityContextOptions) {
    this.#options = options;
    this.#target = wideText(`HTTP/${options.hostname}`);
  }

  async next(token: Uint8Array<ArrayBuffer> | null, signal: AbortSignal): Promise<SecurityStep> {
    signal.throwIfAborted();
    return await orAborted(this.#step(token), signal);
  }

  async #step(token: Uint8Array<ArrayBuffer> | null): Promise<SecurityStep> {
    try {
      const status = this.#credentials === undefined ? await this.#acquire() : SEC_E_OK;
      if (status !== SEC_E_OK || this.#disposed) return { failure: failureText(status) };
      return await this.#initialize(token);
    } finally {
      this.#memory = undefined;
      if (this.#disposed) this.#free();
    }
  }

  async #acquire(): Promise<number> {
    const credentials = new Uint8Array(SECURITY_HANDLE_BYTES);
    const name = wideText(this.#options.package);
    const identity = this.#options.credentials && new Identity(this.#options.credentials);
    const expiry = new Uint8Array(8);
    this.#memory = [credentials, name, expiry, ...(identity ? [identity, identity.structure] : [])];
    const status = await secur32().AcquireCredentialsHandleW(
      ...[null, name, SECPKG_CRED_OUTBOUND, null, identity?.structure ?? null] as const,
      ...[null, null, credentials, expiry] as const,
    );
    identity?.clear();
    if (status === SEC_E_OK) this.#credentials = credentials;
    return status;
  }

  async #initialize(token: Uint8Array<ArrayBuffer> | null): Promise<SecurityStep> {
    const before = this.#context ?? null;
    const context = before ?? new Uint8Array(SECURITY_HANDLE_BYTES);
    const input = token && new TokenBuffer(token);
    const output = new TokenBuffer();
    const attributes = new Uint8Array(4);
    const expiry = new Uint8Array(8);
    this.#memory = [context, output, attributes, expiry, ...(input ? [input] : [])];
    const status = await secur32().InitializeSecurityContextW(
      ...[this.#credentials!, before, this.#target, 0, 0, SECURITY_NATIVE_DREP] as const,
      ...[input?.description ?? null, 0, context, output.description, attributes, expiry] as const,
    );
    const completes = status === SEC_I_COMPLETE_NEEDED || status === SEC_I_COMPLETE_AND_CONTINUE;
    if (status !== SEC_E_OK && status !== SEC_I_CONTINUE_NEEDED && !completes) {
      return { failure: failureText(status) };
    }
    this.#context = context;
    if (completes) {
      const completed = secur32().CompleteAuthToken(context, output.description);
      if (completed !== SEC_E_OK) return { failure: failureText(completed) };
    }
    return { token: output.token() };
  }

  /** At once, or at the end of the call under way. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    if (this.#memory === undefined) this.#free();
  }

  #free(): void {
    if (this.#context !== undefined) secur32().DeleteSecurityContext(this.#context);
    if (this.#credentials !== undefined) secur32().FreeCredentialsHandle(this.#credentials);
    this.#context = this.#credentials = undefined;
  }
}

function failureText(status: number): string {
  return `${REASONS[status] ?? "it failed"} (0x${status.toString(16).padStart(8, "0")})`;
}
