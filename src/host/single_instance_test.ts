import assert from "node:assert/strict";
import { createHome, resolveHome } from "./home.ts";
import { claimHome, lockHolder } from "./single_instance.ts";

Deno.test("claimHome() lets one host in, names it to the second, and is free again afterwards", async () => {
  const root = await Deno.makeTempDir();
  const home = resolveHome({ WINDLASS_HOME: root });
  await createHome(home);
  try {
    assert.equal(await lockHolder(home), undefined);
    {
      using _first = await claimHome(home);
      await assert.rejects(claimHome(home), {
        code: "WL_HOST_RUNNING",
        message: `Cannot start the host: process ${Deno.pid} is already the host of ${root}`,
      });
      assert.equal(await lockHolder(home), Deno.pid);
      await Deno.remove(home.pidFile);
      assert.equal(await lockHolder(home), 0);
    }
    assert.equal(await lockHolder(home), undefined);
    using _again = await claimHome(home);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
