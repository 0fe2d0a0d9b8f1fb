/**
 * The zod schemas of the control API, each under the name of the type that it checks. The types themselves are also in
 * the main entry, which loads no zod.
 *
 * @example
 * ```ts
 * import { WindlassClient } from "@windlass/windlass";
 * import { Status } from "@windlass/windlass/schemas";
 *
 * using client = await WindlassClient.connect();
 * const status: Status = Status.parse(await client.status());
 * ```
 *
 * @module
 */
export * from "./src/api/resources/engine.ts";
export * from "./src/api/resources/events.ts";
export * from "./src/api/resources/logs.ts";
export * from "./src/api/resources/network.ts";
export * from "./src/api/resources/page_links.ts";
export * from "./src/api/resources/ports.ts";
export * from "./src/api/resources/problems.ts";
export * from "./src/api/resources/progress.ts";
export * from "./src/api/resources/settings.ts";
export * from "./src/api/resources/status.ts";
export * from "./src/api/resources/start_report.ts";
export * from "./src/api/resources/streams_report.ts";
export * from "./src/api/resources/update_requests.ts";
export * from "./src/api/resources/updates.ts";
export * from "./src/api/resources/workspaces.ts";
