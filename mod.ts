/**
 * The public library of Windlass: a client for the host that is running on this machine, and the types of its
 * responses. It runs on Deno, on Node 20 and later, and in browsers. It loads no schemas; they are a second entry,
 * `@windlass/windlass/schemas`.
 *
 * @example
 * ```ts
 * import { WindlassClient } from "@windlass/windlass";
 *
 * using client = await WindlassClient.connect();
 * const { engine } = await client.status();
 * console.log(engine.state, engine.dockerHost); // "running" "unix:///root/.local/share/windlass/docker.sock"
 * for await (const event of client.events({ signal: AbortSignal.timeout(60_000) })) console.log(event.type);
 * ```
 *
 * @module
 */
export type * from "./schemas.ts";
export type { CallOptions } from "./src/client/call_options.ts";
export type { HostAddress } from "./src/client/transport.ts";
export type { StopOptions } from "./src/client/windlass_client.ts";
export type { EngineCalls } from "./src/client/engine_calls.ts";
export type { LogCalls, LogQuery } from "./src/client/log_calls.ts";
export type { NetworkCalls } from "./src/client/network_calls.ts";
export type { SettingsCalls } from "./src/client/settings_calls.ts";
export type { InstallCall, RollbackCall, UpdateCalls } from "./src/client/update_calls.ts";
export type { WorkspaceCalls } from "./src/client/workspace_calls.ts";
export {
  type AddressClientOptions,
  type ClientOptions,
  type ConnectOptions,
  type FileClientOptions,
  type FoundClientOptions,
  type SharedClientOptions,
  WindlassClient,
} from "./src/client/windlass_client.ts";
export type { ErrorCode } from "./src/errors/error_codes.ts";
export { isWindlassError, WindlassError, type WindlassErrorOptions } from "./src/errors/windlass_error.ts";
export { VERSION } from "./src/version.ts";
