/** The proxy settings of a Linux desktop, from a program in the place of `gsettings`. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { LinuxSystemProxy } from "../../../src/platform/linux/proxy/linux_system_proxy.ts";
import { isExempt, parseNoProxyList } from "../../../src/proxy/ways/no_proxy.ts";
import { NEVER } from "../../../src/timing/sleep.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";

const TARGET = { scheme: "https", hostname: "a.test", port: 443 } as const;
const DIRECT = { kind: "ways", ways: [{ kind: "direct" }], source: "the proxy settings of this desktop" };

/** A folder that comes first, or alone, where programs are looked for. */
async function openPrograms({ alone }: { readonly alone: boolean }) {
  const folder = await openTemporaryFolder("windlass-gsettings");
  const before = Deno.env.get("PATH") ?? "";
  const session = Deno.env.get("XDG_RUNTIME_DIR");
  Deno.env.set("PATH", alone ? folder.path : `${folder.path}:${before}`);
  Deno.env.set("XDG_RUNTIME_DIR", folder.path);
  return {
    write: (script: string) =>
      Deno.writeTextFile(join(folder.path, "gsettings"), `#!/bin/sh\n${script}`, { mode: 0o755 }),
    async [Symbol.asyncDispose]() {
      Deno.env.set("PATH", before);
      if (session === undefined) Deno.env.delete("XDG_RUNTIME_DIR");
      else Deno.env.set("XDG_RUNTIME_DIR", session);
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Milliseconds that the program gets where it answers: far above what a busy machine needs to start one. */
const PATIENCE = 180_000;

/** The settings, read at a time that stands still. */
function open(patience?: number): LinuxSystemProxy {
  return new LinuxSystemProxy((target, list) => isExempt(target, parseNoProxyList(list)), () => 0, patience);
}

Deno.test("the desktop's proxy is followed, read again after a change, and left out where it is exempt", async () => {
  await using programs = await openPrograms({ alone: false });
  const manual = (ignored: string) =>
    programs.write(`[ "$*" = "list-recursively org.gnome.system.proxy" ] || exit 1
echo "org.gnome.system.proxy mode 'manual'"
echo "org.gnome.system.proxy ignore-hosts [${ignored}]"
echo "org.gnome.system.proxy.https host 'proxy.test'"
echo "org.gnome.system.proxy.https port 3128"
`);
  await manual("'localhost', '10.0.0.0/8'");
  using desktop = open(PATIENCE);
  const found = await desktop.find(TARGET, NEVER);
  assert.deepEqual(found, {
    ...DIRECT,
    ways: [{ kind: "proxy", proxy: { scheme: "http", hostname: "proxy.test", port: 3128 } }],
  });
  assert.deepEqual(await desktop.find({ ...TARGET, hostname: "10.1.2.3" }, NEVER), DIRECT);
  await manual("'*.test', '.test'");
  assert.deepEqual(await desktop.find(TARGET, NEVER), found); // what was read moments ago
  desktop.forget();
  assert.deepEqual(await desktop.find(TARGET, NEVER), DIRECT);
});

Deno.test("a machine without a desktop, or with one that fails, has no proxy settings", async () => {
  await using programs = await openPrograms({ alone: true });
  {
    using desktop = open(PATIENCE);
    assert.deepEqual(await desktop.find(TARGET, NEVER), { kind: "unset" });
  }
  await programs.write('echo "No such schema" >&2; exit 1\n');
  using desktop = open(PATIENCE);
  assert.deepEqual(await desktop.find(TARGET, NEVER), { kind: "unset" });
});

Deno.test("a desktop that does not answer is not waited for", async () => {
  await using programs = await openPrograms({ alone: false });
  await programs.write("exec sleep 3600\n");
  using desktop = open();
  assert.deepEqual(await desktop.find(TARGET, NEVER), { kind: "unset" });
});

Deno.test("without the session of a desktop its program is not run, as it would make a file in the user's home", async () => {
  await using programs = await openPrograms({ alone: false });
  await programs.write(`echo "org.gnome.system.proxy mode 'manual'"
echo "org.gnome.system.proxy.https host 'proxy.test'"
echo "org.gnome.system.proxy.https port 3128"
`);
  {
    using desktop = open(PATIENCE);
    assert.equal((await desktop.find(TARGET, NEVER)).kind, "ways");
  }
  Deno.env.delete("XDG_RUNTIME_DIR");
  using desktop = open(PATIENCE);
  assert.deepEqual(await desktop.find(TARGET, NEVER), { kind: "unset" });
});
