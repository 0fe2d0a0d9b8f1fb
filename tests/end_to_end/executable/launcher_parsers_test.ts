import assert from "node:assert/strict";
import { runTool } from "../../../scripts/build/run_tool.ts";
import { formatCurrent, parseCurrent } from "../../../src/payload/current_file.ts";
import {
  ExecutableFormatError,
  FOOTER_BYTES,
  footerBytes,
  sha256,
} from "../../../src/payload/executable_codec.ts";
import { decodeVersionIndex, encodeVersionIndex } from "../../../src/payload/version_index.ts";
import { sampleExecutable } from "../../fakes/sample_executable.ts";

const LAUNCHER = new URL("../../../src/launcher", import.meta.url).pathname;
const PROGRAM = new URL("fixtures/launcher_parsers_program.c", import.meta.url).pathname;
const INPUTS = 20_000;

interface Input {
  readonly kind: "current" | "index";
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What the launcher's parsers, with every check that the compiler can add, make of these. */
async function answers(inputs: readonly Input[]): Promise<readonly string[]> {
  const folder = await Deno.makeTempDir({ prefix: "windlass-parsers-" });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(folder, { recursive: true }));
  const program = `${folder}/parsers`;
  const flags = [
    "-g",
    "-O1",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
    "-Wall",
    "-Wextra",
    "-Werror",
  ];
  const sources = ["current.c", "payload.c", "sha256.c", "sha256_x86.c"];
  await runTool(["gcc", ...flags, "-I.", "-o", program, PROGRAM, ...sources], { cwd: LAUNCHER });
  const pieces = inputs.flatMap(({ kind, bytes }) => [`${kind} ${bytes.length}\n`, bytes]);
  const child = new Deno.Command(program, { stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const fed = new Blob(pieces).stream().pipeTo(child.stdin);
  const [{ code, stdout, stderr }] = await Promise.all([child.output(), fed]);
  assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
  return new TextDecoder().decode(stdout).trimEnd().split("\n").map((line) => line.trimEnd());
}

/** Fails with the inputs that are read otherwise than they should be. */
function assertSame(inputs: readonly Input[], found: readonly string[], expected: readonly string[]): void {
  const wrong = inputs.flatMap(({ bytes }, place) => {
    const [one, other] = [found[place], expected[place]];
    return one === other ? [] : [`${bytes.toHex()}\n launcher: ${one}\n program: ${other}`];
  });
  assert.equal(wrong.slice(0, 3).join("\n"), "");
}

function random(limit: number): number {
  return Math.floor(Math.random() * limit);
}

function pick<T>(values: readonly T[]): T {
  return values[random(values.length)]!;
}

/** Puts pieces in, takes some out, changes bytes. */
function mutate(bytes: Uint8Array, pieces: readonly string[]): Uint8Array<ArrayBuffer> {
  let result = [...bytes];
  for (let change = random(4); change > 0; change--) {
    const place = random(result.length + 1);
    const length = pick([1, 1, 5, 64]);
    const kind = random(4);
    if (kind === 0) result = result.toSpliced(place, length);
    else if (kind === 1) result.splice(place, pick([0, length]), ...new TextEncoder().encode(pick(pieces)));
    else if (place < result.length) {
      result[place] = kind === 2 ? random(256) : result[place]! ^ 1 << random(8);
    }
  }
  return new Uint8Array(result);
}

Deno.test("the launcher reads the same from any current.json as the program", async () => {
  const [a, b] = ["a1".repeat(32), "0".repeat(64)];
  const pieces = [
    "{",
    "}",
    ",",
    ":",
    " \n",
    "true",
    "false",
    "null",
    "0",
    "99",
    '"tries":1',
    '"trial":true',
    `"${a}"`,
    '"embedded"',
  ];
  const inputs = Array.from({ length: INPUTS }, (): Input => {
    const values = { embedded: a, current: pick([b, "embedded"]), previous: pick([null, b, "embedded"]) };
    const text = formatCurrent({ ...values, trial: pick([true, false]), tries: random(100) });
    const entries = Object.entries(JSON.parse(text)).sort(() => random(3) - 1);
    const shown = JSON.stringify(Object.fromEntries(entries), null, pick(["", " ", "\t"])) + pick(["", "\n"]);
    return { kind: "current", bytes: mutate(new TextEncoder().encode(shown), pieces) };
  });
  const expected = inputs.map(({ bytes }) => {
    const current = parseCurrent(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
    return current === undefined ? "refused" : formatCurrent(current).trimEnd();
  });
  assertSame(inputs, await answers(inputs), expected);
  const accepted = expected.filter((line) => line !== "refused").length;
  assert.ok(accepted > INPUTS / 10 && accepted < INPUTS * 9 / 10, `${accepted} of ${INPUTS} were right`);
});

Deno.test("the launcher reads the same from any index file as the program", async () => {
  const contents = { deno: new Uint8Array(9), rootfs: new Uint8Array(99), agent: new Uint8Array(5) };
  const components = sampleExecutable(contents).components.slice(1).map((component) => ({
    ...component,
    ...component.unpack ? { storedDigest: component.id, storedLength: component.rawLength } : {},
  }));
  const sound = encodeVersionIndex(components);
  const entries = sound.subarray(0, -FOOTER_BYTES);
  const inputs = Array.from({ length: INPUTS / 4 }, (): Input => {
    if (random(2) === 0) return { kind: "index", bytes: mutate(sound, ["deno", "\0\0"]) };
    // With digests that are right, so that the entries themselves are read.
    const changed = mutate(entries, ["deno", "\0\0", "rootfs"]);
    const footer = footerBytes({
      count: pick([Math.floor(changed.length / 128), 3]),
      indexOffset: pick([0, 0, 0, 128]),
      indexLength: changed.length,
      indexDigest: sha256(changed),
    });
    return { kind: "index", bytes: new Uint8Array([...changed, ...footer]) };
  });
  const expected = inputs.map(({ bytes }) => {
    try {
      return decodeVersionIndex(bytes).map(({ name, id, rawLength, unpack, executable }) =>
        `${name}=${id}:${rawLength}:${(unpack ? 2 : 0) + (executable ? 4 : 0)}`
      ).join(" ");
    } catch (error) {
      if (error instanceof ExecutableFormatError) return "refused";
      throw error;
    }
  });
  // The program rounds lengths beyond 2^53, which no file has.
  const huge = (line: string) => line.replaceAll(/:\d{16,}:/g, ":huge:");
  assertSame(inputs, (await answers(inputs)).map(huge), expected.map(huge));
  const accepted = expected.filter((line) => line !== "refused").length;
  assert.ok(accepted > 100 && accepted < inputs.length - 100, `${accepted} of ${inputs.length} were right`);
});
