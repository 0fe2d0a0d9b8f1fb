import assert from "node:assert/strict";
import { updateSourceComponent } from "./update_source_component.ts";

async function withText(text: string, test: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ prefix: "windlass-update-source-" });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(path));
  await Deno.writeTextFile(path, text);
  await test(path);
}

Deno.test("updateSourceComponent() is a component without flags", async () => {
  await withText('{"url":"https://updates.example/windlass/","root":{"signed":{}}}', async (path) => {
    const component = await updateSourceComponent(path);
    assert.deepEqual(component, { name: "update-source", path, unpack: false, executable: false });
  });
});

const WRONG: Record<string, string> = {
  "it is not JSON": "url",
  "its 'url' is not an address": '{"url":"updates","root":{}}',
  "its 'root' is not an object": '{"url":"file:///srv/windlass/","root":"keys"}',
};

for (const [state, text] of Object.entries(WRONG)) {
  Deno.test(`updateSourceComponent() refuses a file when ${state}`, async () => {
    await withText(text, async (path) => {
      await assert.rejects(updateSourceComponent(path), {
        code: "WL_BUILD_FAILED",
        message: `Cannot build Windlass with updates from '${path}': ${state}`,
      });
    });
  });
}

Deno.test("updateSourceComponent() says why a file cannot be read", async () => {
  await assert.rejects(updateSourceComponent("/nonesuch/source.json"), {
    code: "WL_BUILD_FAILED",
    message:
      "Cannot build Windlass with updates from '/nonesuch/source.json': No such file or directory (os error 2)",
  });
});
