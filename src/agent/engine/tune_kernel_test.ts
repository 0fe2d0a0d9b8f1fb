import assert from "node:assert/strict";
import { dirname } from "node:path";
import { tuneKernel } from "./tune_kernel.ts";

Deno.test("tuneKernel() raises what is too low, and lowers nothing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const before = {
      "vm/max_map_count": "65530\n",
      "fs/inotify/max_user_instances": "128\n",
      "fs/inotify/max_user_watches": "4194304\n",
    };
    for (const [path, text] of Object.entries(before)) {
      await Deno.mkdir(dirname(`${folder}/${path}`), { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    const raised: unknown[] = [];
    tuneKernel((_level, _event, fields) => raised.push(fields?.["path"]), folder);
    const after = await Promise.all(
      Object.keys(before).map((path) => Deno.readTextFile(`${folder}/${path}`)),
    );
    assert.deepEqual(after, ["262144", "8192", "4194304\n"]);
    assert.deepEqual(raised, ["vm/max_map_count", "fs/inotify/max_user_instances"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("tuneKernel() continues if a kernel has no such setting", () => {
  const events: string[] = [];
  tuneKernel((_level, event) => events.push(event), "/nowhere");
  assert.deepEqual(events, ["agent.kernel.setting", "agent.kernel.setting", "agent.kernel.setting"]);
});
