import { WindlassError } from "../../../errors/windlass_error.ts";
import { toolPath } from "../required_tools.ts";
import { nativeProgram } from "../native_program.ts";
import type { ServiceCall } from "../service/service_client.ts";
import type { CallContext } from "./call_context.ts";

/** Where an archive comes from or goes to: the call's own handle, or a file that is open on it. */
export interface ArchiveHandles {
  /** Runs bsdtar's side through this file instead of the call's stdin. */
  readonly input?: string;
  /** The same for stdout. */
  readonly output?: string;
}

/** `sh -c` with the file as $1: redirecting is what a shell is for, and no byte passes through this process. */
const REDIRECTED = {
  input: 'file=$1; shift; exec "$@" < "$file"',
  output: 'file=$1; shift; exec "$@" > "$file"',
};

/**
 * Runs bsdtar on the call's own handles and returns whether it succeeded. It ends with this process, however
 * that ends, and with the service, which then takes the import back.
 *
 * @throws {WindlassError} `WL_WSL_FAILED` when the service is lost.
 */
export async function runArchiveProgram(
  args: readonly string[],
  handles: ArchiveHandles,
  { context, call }: { readonly context: CallContext; readonly call: ServiceCall },
): Promise<boolean> {
  const command = handles.input !== undefined
    ? ["sh", "-c", REDIRECTED.input, "sh", handles.input, "bsdtar", ...args]
    : handles.output !== undefined
    ? ["sh", "-c", REDIRECTED.output, "sh", handles.output, "bsdtar", ...args]
    : ["bsdtar", ...args];
  const child = new Deno.Command(nativeProgram(context.environment), {
    args: ["guard", `${Deno.pid}`, ...command],
    env: { PATH: toolPath(context.environment.PATH), LC_ALL: "C.UTF-8" },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  const first = await Promise.race([child.status, call.lost().then(() => null)]);
  if (first !== null) return first.success;
  child.kill("SIGTERM");
  await child.status;
  throw new WindlassError(
    "WL_WSL_FAILED",
    "Cannot continue: the service of wsl has ended in the middle of the call",
  );
}
