import assert from "node:assert/strict";
import { runTool } from "../../../scripts/build/run_tool.ts";
import { sha256 } from "../../../src/payload/executable_codec.ts";

const ROOT = new URL("../../..", import.meta.url).pathname;
const LAUNCHER = `${ROOT}src/launcher`;
/** Around the ends of blocks and of the padding, and one that takes several reads. */
const LENGTHS = [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1_000, 100_000];
const PIECES = [65_536, 64, 7];

for (
  const [way, flags, sources] of [["portable", ["-DPORTABLE"], []], ["accelerated", [], [
    "sha256_x86.c",
  ]]] as const
) {
  Deno.test(`sha256, ${way}, agrees with another implementation at every kind of length`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "windlass-sha256-" });
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => Deno.remove(folder, { recursive: true }));
    const program = `${folder}/sha256`;
    const files = [`${ROOT}tests/end_to_end/executable/fixtures/sha256_program.c`, "sha256.c", ...sources];
    await runTool(["gcc", "-O2", "-I.", ...flags, "-o", program, ...files], { cwd: LAUNCHER });
    for (const length of LENGTHS) {
      const bytes = Uint8Array.from({ length }, () => Math.floor(Math.random() * 256));
      for (const piece of PIECES) {
        assert.equal(await runWith(program, piece, bytes), sha256(bytes), `${length} bytes`);
      }
    }
  });
}

async function runWith(program: string, piece: number, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const child = new Deno.Command(program, { args: [String(piece)], stdin: "piped", stdout: "piped" }).spawn();
  await new Blob([bytes]).stream().pipeTo(child.stdin);
  return new TextDecoder().decode((await child.output()).stdout);
}
