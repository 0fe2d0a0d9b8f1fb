import assert from "node:assert/strict";
import { join } from "node:path";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import { ownEnd } from "./script_end.ts";
import { openWine } from "./wine.ts";

const DEATHS = [
  [127, "Inconsistency detected by ld.so: dl-open.c: 573: dl_open_worker_begin: Assertion `x' failed!\n\n"],
  [139, "Segmentation fault\n"],
] as const;

Deno.test("ownEnd() is the exit code of a script that had ended when Wine died, and what the script has printed", async () => {
  await using folder = await openTemporaryFolder("script-end");
  const endFile = join(folder.path, "end");
  const printed = { stdout: "out", stdoutBytes: new Uint8Array() };
  for (const [code, text] of DEATHS) {
    const died = { ...printed, code, stderr: `warning\n${text}` };
    assert.deepEqual(await ownEnd(died, join(folder.path, "none")), died);
    await Deno.writeTextFile(endFile, "3");
    assert.deepEqual(await ownEnd(died, endFile), { ...printed, code: 3, stderr: "warning\n" });
    const own = { ...printed, code, stderr: "a program's own words\n" };
    assert.deepEqual(await ownEnd(own, endFile), own);
  }
});

Deno.test("a script under Wine records the code that it ends with, and nothing when it fails", async () => {
  await using wine = await openWine();
  const scripts = [["", "0"], ["Deno.exit(7);", "7"], ["throw new Error();", undefined]] as const;
  for (const [text, expected] of scripts) {
    const script = join(wine.driveC, "script.ts");
    await Deno.writeTextFile(script, text);
    const program = wine.denoScript(script);
    const { code } = await wine.run(program);
    const endFile = wine.toLinux(program.environment!["TRIAL_END_FILE"]!);
    const recorded = await Deno.readTextFile(endFile).catch(() => undefined);
    assert.deepEqual([code, recorded], [Number(expected ?? 1), expected]);
  }
});
