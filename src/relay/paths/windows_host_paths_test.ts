import assert from "node:assert/strict";
import { translateOnWindows } from "../../../tests/fakes/windows_sources.ts";
import { NEVER } from "../../timing/sleep.ts";
import type { PathUse } from "./translate_path.ts";
import { FileSystemSilent } from "./resolve_links.ts";
import { windowsHostPaths } from "./windows_host_paths.ts";

const FILES: Readonly<Record<string, Error | null>> = {
  "C:\\": null,
  "C:\\Users\\me": null,
  "C:\\dead": new FileSystemSilent(),
  "C:\\kept": new Deno.errors.PermissionDenied(),
};

const translate = windowsHostPaths({
  translateText: translateOnWindows,
  files: {
    readLink: (path) => {
      const found = FILES[path];
      return found === null ? Promise.resolve(null) : Promise.reject(found ?? new Deno.errors.NotFound());
    },
  },
  engineHas: (path) =>
    Promise.resolve(["/etc/localtime", "/lib/modules", "/var/run", "/mnt/wsl/x"].includes(path)),
});

async function translated(source: string, use: PathUse = "create"): Promise<unknown> {
  return await translate(source, use, NEVER);
}

Deno.test("windowsHostPaths() refuses a missing path of a drive in the user's words where it must exist", async () => {
  for (const source of ["C:\\nope", "c:/nope", "/c/nope", "/mnt/c/nope"]) {
    assert.deepEqual(
      await translated(source, "require"),
      { refused: "bind source path does not exist" },
      source,
    );
    assert.equal(await translated(source, "create") ?? source, "/mnt/c/nope");
    assert.equal(await translated(source, "later") ?? source, "/mnt/c/nope");
  }
  for (const [source, path] of [["C:\\", "/mnt/c"], ["C:\\Users\\me", "/mnt/c/Users/me"]] as const) {
    assert.equal(await translated(source, "require"), path);
  }
  assert.equal(await translated("C:\\kept", "require"), "/mnt/c/kept");
  assert.deepEqual(await translated("C:\\dead", "require"), {
    refused: "its drive did not answer within 10 s",
  });
});

Deno.test("windowsHostPaths() never lets a folder be made in the engine's distro", async () => {
  const refused = (path: string) => ({
    refused:
      `the engine's own system has no '${path}'; write a path of this machine, such as 'C:\\folder', or use a volume`,
  });
  for (const use of ["create", "require"] as const) {
    assert.deepEqual(await translated("/data", use), refused("/data"));
    assert.deepEqual(await translated("//srv/./data/", use), refused("/srv/data"));
    assert.deepEqual(await translated("\\\\wsl$\\windlass\\srv", use), refused("/srv"));
    assert.deepEqual(await translated("/mnt/wsl/nope", use), refused("/mnt/wsl/nope"));
    for (const source of ["/etc/localtime", "/lib/modules/", "/var/run", "/mnt/wsl/x"]) {
      assert.equal(await translated(source, use), undefined, source);
    }
  }
});

Deno.test("windowsHostPaths() knows the engine's socket without asking, and leaves volumes and refusals", async () => {
  for (const source of ["/var/run/docker.sock", "//var/run/docker.sock", "/run/docker.sock", "volume", "c"]) {
    assert.equal(await translated(source), undefined, source);
  }
  assert.equal(await translated("\\\\.\\pipe\\docker_engine"), "/run/docker.sock");
  assert.deepEqual(await translated("d:"), {
    refused: "it depends on the current folder of drive D:; write the whole path, such as 'D:\\folder'",
  });
});
