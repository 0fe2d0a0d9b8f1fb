import assert from "node:assert/strict";
import { ERROR_CODES } from "../errors/error_codes.ts";

const FOLDER = new URL(".", import.meta.url).pathname;

async function sources(): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const folder of [FOLDER, `${FOLDER}linux/`, `${FOLDER}windows/`]) {
    for await (const { name } of Deno.readDir(folder)) {
      if (/\.[ch]$/.test(name)) texts.push(await Deno.readTextFile(folder + name));
    }
  }
  return texts;
}

Deno.test("LAUNCHER_ERRORS has the codes and remedies of ERROR_CODES", async () => {
  const header = await Deno.readTextFile(`${FOLDER}/errors.h`);
  const rows = [...header.matchAll(/ERROR\((WL_\w+), (\d+),[\s\\]*"(.*)"\)/g)];
  const launcher = Object.fromEntries(rows.map(([, code, , remedy]) => [code, remedy]));
  const known = Object.entries(ERROR_CODES).filter(([code]) => code in launcher);
  assert.ok(rows.length > 0);
  assert.deepEqual(launcher, Object.fromEntries(known));
  assert.ok(rows.every(([, , exitCode]) => Number(exitCode) > 0 && Number(exitCode) < 125));
});

Deno.test("the launcher uses no code that is not in ERROR_CODES", async () => {
  const used = (await sources()).flatMap((text) => text.match(/\bWL_[A-Z_]+\b/g) ?? []);
  assert.deepEqual(used.filter((code) => !(code in ERROR_CODES)), []);
});
