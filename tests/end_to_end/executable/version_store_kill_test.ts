import assert from "node:assert/strict";
import { openExecutable } from "../../../src/payload/executable.ts";
import { openVersionStore } from "../../support/open_version_store.ts";
import { type RenamePoint, setRenameTrap } from "../../support/kill_at_rename.ts";
import { oncePerFile } from "../../support/once_per_file.ts";
import { componentFiles, makeVersionExecutable } from "./small_executable.ts";

const SCRIPT = new URL("fixtures/install_version.ts", import.meta.url).pathname;
const executable = oncePerFile(() => makeVersionExecutable());

/** Every file that an installation gives its name, with text of its content. */
const FILES: readonly Omit<RenamePoint, "when">[] = [
  { pathEnd: ".index", text: "" },
  { pathEnd: "-app", text: "two" },
  { pathEnd: ".json", text: "{}" },
  { pathEnd: "/current.json", text: "embedded" },
];

for (const { pathEnd, text } of FILES) {
  for (const when of ["before", "after"] as const) {
    Deno.test(`an installation killed ${when} '${pathEnd}' has its name runs the old version or the new one, and is repeated`, async () => {
      const { path, newHome, run } = await executable();
      const home = newHome();
      await using trap = await setRenameTrap({ when, pathEnd, text });
      const install = async (env: Record<string, string>) => {
        const args = ["run", "--no-config", "-A", SCRIPT, path, home, "two"];
        return await new Deno.Command(Deno.execPath(), { args, env, stdout: "null", stderr: "null" })
          .output();
      };
      assert.equal((await install(trap.env)).signal, "SIGKILL");
      assert.ok(await trap.hasKilled());
      const done = pathEnd === "/current.json" && when === "after";
      const { stdout, stderr } = await run(home, ["status"]);
      assert.deepEqual([stdout.split("|")[2], stderr], [done ? "two" : "embedded", ""]);

      assert.ok((await install({})).success);
      const again = await run(home, ["status"]);
      assert.deepEqual([again.stdout.split("|")[2], again.stderr], ["two", ""]);
      const store = await openVersionStore({ home, executable: path });
      const [id, ...others] = await store.versions();
      assert.deepEqual([others, await store.damaged(id!)], [[], []]);

      await store.removeCurrent();
      await store.remove(id!);
      await store.collect();
      using opened = await openExecutable(path);
      const left = (await componentFiles(home)).map((name) => name.slice(0, 64));
      assert.deepEqual(left.filter((name) => !opened.components.some(({ id: own }) => own === name)), []);
    });
  }
}
