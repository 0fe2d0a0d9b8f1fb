/** A program for deno.exe: another product that has the pipe `\\.\pipe\docker_engine`, until its input ends. */
import { createServer } from "node:net";

createServer((socket) => socket.destroy())
  .listen("\\\\.\\pipe\\docker_engine", () => console.log("listening"));
await new Response(Deno.stdin.readable).text();
Deno.exit();
