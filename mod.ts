/**
 * The public library of Windlass: what its command line and API speak, as schemas and types.
 *
 * @example
 * ```ts
 * import { Status } from "@windlass/windlass";
 *
 * const { stdout } = await new Deno.Command("windlass", { args: ["status", "--json"] }).output();
 * const status = Status.parse(JSON.parse(new TextDecoder().decode(stdout)));
 * status.engine.dockerHost; // "unix:///root/.local/share/windlass/docker.sock"
 * ```
 *
 * @module
 */
export { EngineStateName, EngineStatus, Problem, Status } from "./src/api/schemas.ts";
export { VERSION } from "./src/version.ts";
