/**
 * A program that has taken a pipe before Windlass: serves \\.\pipe\docker_engine until its stdin ends, as another
 * product that brings Docker does.
 */
import { createServer } from "node:net";

const server = createServer((client) => client.end());
server.listen("\\\\.\\pipe\\docker_engine", () => console.log("listening"));
for await (const _ of Deno.stdin.readable);
Deno.exit(0);
