import assert from "node:assert/strict";
import { computeInputKey } from "./input_key.ts";

async function makeRecipe() {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/overlay`);
  await Deno.writeTextFile(`${folder}/overlay/agent`, "one");
  await Deno.writeTextFile(`${folder}/build_image.ts`, "two");
  return { folder, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

Deno.test("computeInputKey() changes with a content, a name and an executable bit, and back", async () => {
  await using recipe = await makeRecipe();
  const { folder } = recipe;
  const key = await computeInputKey(folder);
  await Deno.chmod(`${folder}/overlay/agent`, 0o755);
  assert.notEqual(await computeInputKey(folder), key);
  await Deno.chmod(`${folder}/overlay/agent`, 0o644);
  await Deno.rename(`${folder}/overlay/agent`, `${folder}/overlay/agent2`);
  assert.notEqual(await computeInputKey(folder), key);
  await Deno.rename(`${folder}/overlay/agent2`, `${folder}/overlay/agent`);
  await Deno.writeTextFile(`${folder}/overlay/agent`, "three");
  assert.notEqual(await computeInputKey(folder), key);
  await Deno.writeTextFile(`${folder}/overlay/agent`, "one");
  assert.equal(await computeInputKey(folder), key);
});

Deno.test("computeInputKey() does not change with tests and checks", async () => {
  await using recipe = await makeRecipe();
  const { folder } = recipe;
  const key = await computeInputKey(folder);
  for (
    const name of [
      "a_test.ts",
      "check_image.ts",
      "image_rules.ts",
      "image_problems.ts",
      "main.ts",
      "NOTES.md",
    ]
  ) {
    await Deno.writeTextFile(`${folder}/${name}`, name);
  }
  assert.equal(await computeInputKey(folder), key);
});
