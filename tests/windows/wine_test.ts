import assert from "node:assert/strict";
import { join } from "node:path";
import { openTemporaryFolder } from "../support/temporary_folder.ts";
import { exists } from "../support/test_rootfs.ts";
import { processesOfPrefix } from "./support/wine_prefix.ts";
import { openWine } from "./support/wine.ts";

Deno.test("openWine() runs programs with arguments, variables, folder, input and exit code", async () => {
  await using folder = await openTemporaryFolder("windlass-wine");
  await using wine = await openWine();
  const script = join(folder.path, "show.ts");
  await Deno.writeTextFile(
    script,
    "const text = await new Response(Deno.stdin.readable).text();\n" +
      "console.log(JSON.stringify([Deno.args, Deno.cwd(), Deno.env.get('WORD'), text]));\n" +
      "console.error('to stderr');\nDeno.exit(7);\n",
  );
  const words = ["a b", 'quote " in it', "trailing \\", "", "ü 😀"];
  const program = { ...wine.denoScript(script, words), cwd: "C:\\users\\root" };
  const result = await wine.run({ ...program, environment: { WORD: "é x" } }, { stdin: "input\n" });
  assert.deepEqual(JSON.parse(result.stdout), [words, "C:\\users\\root", "é x", "input\n"]);
  assert.deepEqual([result.stderr, result.code], ["to stderr\n", 7]);
});

Deno.test("openWine() has a drive C and a registry of its own", async () => {
  await using one = await openWine();
  await using other = await openWine();
  await Deno.writeTextFile(join(one.profile, "note.txt"), "from Linux");
  const typed = await one.run({ program: "cmd", args: ["/c", "type C:\\users\\root\\note.txt"] });
  assert.equal(typed.stdout, "from Linux");
  assert.equal(await exists(join(other.profile, "note.txt")), false);

  const text = '[HKEY_CURRENT_USER\\Software\\Windlass test]\n"n"=dword:00000005\n"ü"="C:\\\\a"\n';
  await one.importRegistry(text);
  const key = "HKEY_CURRENT_USER\\Software\\Windlass test";
  assert.equal(await one.exportRegistry(key), `Windows Registry Editor Version 5.00\n\n${text}\n`);
  assert.equal(await other.exportRegistry(key), "");
});

Deno.test("openWine() leaves no process, mount or file, whatever still runs", async () => {
  let path: string;
  {
    await using wine = await openWine();
    path = wine.prefix.path;
    await using waiting = wine.start({ program: "cmd" });
    await waiting.waitFor(/>/);
    assert.notEqual((await processesOfPrefix(path)).length, 0);
  }
  assert.deepEqual(await processesOfPrefix(path), []);
  assert.equal(await exists(join(path, "..")), false);
  assert.equal((await Deno.readTextFile("/proc/self/mountinfo")).includes("/wine/root-"), false);
});
