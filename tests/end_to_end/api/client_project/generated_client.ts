// Uses the API by a client that a generator of others has made from its document: `node ... URL TOKEN`.
// deno-lint-ignore-file
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

declare const process: { argv: string[] };

const [, , baseUrl = "", token = ""] = process.argv;
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

const status = await client.GET("/v1/status");
const state:
  | "stopped"
  | "importing"
  | "starting"
  | "running"
  | "resting"
  | "stopping"
  | "failed"
  | undefined = status.data?.engine.state;
const logs = await client.GET("/v1/logs", { params: { query: { lines: 1, source: "host" } } });
const line: string | undefined = logs.data?.lines[0]?.event;
const stop = await client.POST("/v1/engine/stop");
const wrong = await client.GET("/v1/logs", { params: { query: { lines: -1 } } });
const code: string | undefined = wrong.error?.code;
console.log(JSON.stringify({ state, line: line !== undefined, stop: stop.response.status, code }));
