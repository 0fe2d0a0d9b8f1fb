import { errorText } from "../../errors/error_text.ts";

/** Why no connection could be made. The message completes "Cannot connect to X: ". */
export class DialFailure extends Error {
  override readonly name = "DialFailure";

  constructor(readonly kind: "name" | "refused" | "silent" | "other", message: string) {
    super(message);
  }

  /** Of a name that the resolver does not know. */
  static ofName(error: unknown): DialFailure {
    const { code } = error as { readonly code?: unknown };
    if (code === "ENOTFOUND") return new DialFailure("name", "this machine does not know its name");
    if (code === "EAI_AGAIN") return new DialFailure("name", "this machine's name server does not answer");
    return new DialFailure("name", `its name cannot be looked up (${errorText(error)})`);
  }

  /** Of an address that does not take the connection. */
  static ofAddress(error: unknown, address: string): DialFailure {
    if (error instanceof DialFailure) return error;
    if (error instanceof Deno.errors.ConnectionRefused) {
      return new DialFailure("refused", `nothing listens at ${address}`);
    }
    if (error instanceof Deno.errors.TimedOut) return new DialFailure("silent", `${address} does not answer`);
    return new DialFailure("other", `${address}: ${errorText(error)}`);
  }
}
