import assert from "node:assert/strict";
import fc from "fast-check";
import { translateOnWindows } from "../../../tests/fakes/windows_sources.ts";
import { NEVER } from "../../timing/sleep.ts";
import type { PathUse } from "./translate_path.ts";
import { FileSystemSilent } from "./resolve_links.ts";
import { windowsHostPaths, type WindowsHostPathsOptions } from "./windows_host_paths.ts";

const FILES: Readonly<Record<string, Error | null>> = {
  "C:\\": null,
  "C:\\Users\\me": null,
  "C:\\dead": new FileSystemSilent(),
  "C:\\kept": new Deno.errors.PermissionDenied(),
};

/** Paths of workspaces that were asked for. */
const asked: string[] = [];

const OPTIONS: WindowsHostPathsOptions = {
  translateText: translateOnWindows,
  engineDistro: () => "windlass",
  files: {
    readLink: (path) => {
      const found = FILES[path];
      return found === null ? Promise.resolve(null) : Promise.reject(found ?? new Deno.errors.NotFound());
    },
  },
  engineHas: (path) =>
    Promise.resolve(["/etc/localtime", "/lib/modules", "/var/run", "/mnt/wsl/x"].includes(path)),
  resolveWorkspacePath: (name, path, use) => {
    asked.push(`${name} ${path} ${use}`);
    if (name.toLowerCase() !== "ubuntu") return Promise.resolve({ refused: `'${name}' is not switched on` });
    return Promise.resolve(`/run/windlass/workspaces/Ubuntu${path === "/" ? "" : path}`);
  },
};
const translate = windowsHostPaths(OPTIONS);

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

Deno.test("windowsHostPaths() takes the files of a workspace in every spelling that Windows has for them", async () => {
  for (
    const [source, path] of [
      ["\\\\wsl.localhost\\Ubuntu\\home\\me\\a b", "/home/me/a b"],
      ["\\\\wsl$\\ubuntu\\home\\me\\", "/home/me"],
      ["\\\\WSL.LOCALHOST\\UBUNTU", "/"],
      ["//wsl.localhost/Ubuntu/home/./x/../me", "/home/me"],
      ["//wsl$/Ubuntu/", "/"],
      ["\\\\wsl.localhost\\Ubuntu\\..\\..\\etc", "/etc"],
      ["\\\\?\\UNC\\wsl.localhost\\Ubuntu\\home", "/home"],
      ["//?/UNC/wsl$/Ubuntu/home", "/home"],
      ["\\\\wsl.localhost\\Ubuntu/mixed\\slashes", "/mixed/slashes"],
      ["\\\\wsl$\\Ubuntu\\a\uf03ab\uf05cc\uf02a\uf022", '/a:b\\c*"'],
      ["\\\\wsl$\\Ubuntu\\dot\uf02e\\ \uf020", "/dot./  "],
      ["\\\\wsl$\\Ubuntu\\日本\\\u{1f433}", "/日本/\u{1f433}"],
      ["/run/windlass/workspaces/Ubuntu/home", "/home"],
      ["/run/windlass//workspaces/x/../ubuntu", "/"],
      ["\\\\wsl$\\windlass\\run\\windlass\\workspaces\\Ubuntu\\home", "/home"],
    ] as const
  ) {
    for (const use of ["create", "require", "later"] as const) {
      const expected = `/run/windlass/workspaces/Ubuntu${path === "/" ? "" : path}`;
      assert.equal(await translated(source, use), expected, source);
      assert.equal(await translated(expected, use), expected, "the second time");
      assert.match(asked.splice(0).join(), new RegExp(` ${use},Ubuntu .* ${use}$`, "s"));
    }
  }
  assert.deepEqual(await translated("\\\\wsl$\\Debian\\home"), { refused: "'Debian' is not switched on" });
  assert.deepEqual(await translated("/run/windlass/workspaces/Debian"), {
    refused: "'Debian' is not switched on",
  });
});

Deno.test("windowsHostPaths() refuses the engine's own folders by any way there", async () => {
  const refused = "the folder belongs to Windlass itself, which shares it with no container";
  for (
    const source of [
      "/run/windlass",
      "/run/windlass/dockerd.sock",
      "/var/run/windlass/dockerd.sock",
      "//run/x/../windlass/./ports.sock",
      "/run/windlass/workspaces",
      "/mnt/wsl/windlass/roots",
      "/mnt/wsl/windlass-beta/usr",
      "/mnt/wsl/windlass-data/docker",
      "\\\\wsl$\\windlass\\mnt\\wsl\\windlass",
      "//wsl.localhost/Windlass/run/windlass",
    ]
  ) {
    for (const use of ["create", "require", "later"] as const) {
      assert.deepEqual(await translated(source, use), { refused }, source);
    }
  }
  assert.deepEqual(await translated("/proc/1/root/run/windlass"), {
    refused: "it is a link to the files of a process of the engine; write the path of the files",
  });
});

Deno.test("windowsHostPaths() refuses files of the user's distros where no workspace can be asked", async () => {
  const { resolveWorkspacePath: _, ...without } = OPTIONS;
  assert.deepEqual(await windowsHostPaths(without)("\\\\wsl$\\Ubuntu\\home", "create", NEVER), {
    refused:
      "the engine cannot reach the files of the distro 'Ubuntu'; copy them to a folder on a Windows drive or into a volume",
  });
});

Deno.test("windowsHostPaths() changes no path of a workspace the second time", async () => {
  const part = fc.constantFrom(
    "\\",
    "/",
    "..",
    ".",
    "a",
    "run",
    "wsl$",
    "windlass",
    "Ubuntu",
    "\uf05c",
    "\uf03a",
    "é",
  );
  await fc.assert(fc.asyncProperty(fc.array(part), async (parts) => {
    const once = await translated(`\\\\wsl.localhost\\Ubuntu\\${parts.join("")}`);
    assert.equal(await translated(String(once)), once);
  }));
});
