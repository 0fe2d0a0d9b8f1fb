/**
 * Fetches and builds what the Windows suite keeps between runs: a Debian with Wine, a booted Windows, docker.exe
 * with its plugins. Every test would make what it lacks by itself; here it happens outside of any test's time.
 */
import { openNode } from "./pipe/clients/open_clients.ts";
import { openGoProgram } from "./support/go_programs.ts";
import { openWine } from "./support/wine.ts";

const GO_PROGRAMS = ["docker.exe", "docker-buildx.exe", "docker-compose.exe"];

async function timed(what: string, task: () => Promise<unknown>): Promise<void> {
  const started = Date.now();
  await task();
  console.log(`${what}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

await timed("Windows in Wine", async () => {
  await using _windows = await openWine();
});
await timed("node.exe", openNode);
for (const name of GO_PROGRAMS) await timed(name, () => openGoProgram(name));
