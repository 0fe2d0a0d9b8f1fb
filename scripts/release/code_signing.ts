/**
 * The signature that Windows checks (Authenticode). It is made before anything is hashed, so that the published hash is the one
 * of the file that people download.
 */
import { WindlassError } from "../../src/errors/windlass_error.ts";
import { ExecutableFormatError } from "../../src/payload/executable_codec.ts";
import { PE_HEADER_BYTES, peLayout } from "../../src/payload/pe_layout.ts";

/** Timestamp servers and tokens take seconds; a program that asks for a password that nobody types takes longer. */
const SIGNING_MILLISECONDS = 5 * 60_000;

/** How `windlass.exe` gets its signature. */
export type CodeSigning =
  /** By osslsigncode with a certificate and a key in files. */
  | {
    readonly kind: "osslsigncode";
    readonly certificate: string;
    readonly key: string;
    /** Address of a timestamp server, so that the signature outlives the certificate. */
    readonly timestamp?: string;
  }
  /** By a program that signs, in its place, the file whose path is its last argument. */
  | { readonly kind: "command"; readonly command: readonly string[] }
  /** Not at all, and on purpose. */
  | { readonly kind: "none" };

/**
 * Signs a Windows executable in its place. The file must be a copy: a failure may leave half of it.
 *
 * @throws {WindlassError} `WL_RELEASE_CODE_SIGNING_FAILED` if the program fails or leaves no signature.
 */
export async function signCode(path: string, signing: CodeSigning, signal?: AbortSignal): Promise<void> {
  switch (signing.kind) {
    case "none":
      return;
    case "command":
      await runSigner([...signing.command, path], path, signal);
      break;
    case "osslsigncode": {
      const signed = `${path}.signed`;
      const { certificate, key, timestamp } = signing;
      const options = ["-certs", certificate, "-key", key, "-h", "sha256", "-n", "Windlass"];
      const server = timestamp === undefined ? [] : ["-ts", timestamp];
      await runSigner(
        ["osslsigncode", "sign", ...options, ...server, "-in", path, "-out", signed],
        path,
        signal,
      );
      await Deno.rename(signed, path);
    }
  }
  if (!await isSigned(path)) failed(path, "the program has left the file without a signature");
}

/** Whether a Windows executable has a certificate table, and one that ends where the file ends. */
export async function isSigned(path: string): Promise<boolean> {
  using file = await Deno.open(path);
  const header = new Uint8Array(PE_HEADER_BYTES);
  const { size } = await file.stat();
  for (let filled = 0; filled < header.length;) {
    const count = await file.read(header.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  try {
    return peLayout(header, size)?.certificateTable !== undefined;
  } catch (error) {
    if (error instanceof ExecutableFormatError) return false;
    throw error;
  }
}

async function runSigner(command: readonly string[], path: string, signal?: AbortSignal): Promise<void> {
  const [program = "", ...args] = command;
  const limit = AbortSignal.timeout(SIGNING_MILLISECONDS);
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    }).output();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    failed(path, `'${program}' is not installed`, cause);
  }
  signal?.throwIfAborted();
  if (output.success) return;
  const text = new TextDecoder();
  const said = `${text.decode(output.stderr)}${text.decode(output.stdout)}`.trim();
  failed(path, `'${program}' ended with ${output.code}\n${said}`);
}

function failed(path: string, state: string, cause?: unknown): never {
  throw new WindlassError("WL_RELEASE_CODE_SIGNING_FAILED", `Cannot sign '${path}': ${state}`, {
    ...(cause === undefined ? {} : { cause }),
  });
}
