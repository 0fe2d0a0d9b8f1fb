import assert from "node:assert/strict";
import { NEVER } from "../../timing/sleep.ts";
import { linuxHostPaths } from "./linux_host_paths.ts";
import { PatientFiles } from "./patient_files.ts";
import type { PathUse, TranslatedPath } from "./translate_path.ts";

/** Milliseconds that no lookup takes. */
const ENDLESS = 3_600_000;

/** A folder with links of every kind, as a machine has them, and translation among them. */
class Machine implements AsyncDisposable {
  readonly asked: string[] = [];

  private constructor(readonly root: string) {}

  static async make(): Promise<Machine> {
    const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "windlass-paths-" }));
    const at = (path: string) => `${root}/${path}`;
    await Deno.mkdir(at("real/deep"), { recursive: true });
    await Deno.writeTextFile(at("real/file"), "ok");
    await Deno.writeTextFile(at("docker.sock"), "");
    for (
      const [path, target] of [
        ["absolute", at("real")],
        ["relative", "real"],
        ["file", at("real/file")],
        ["chain", at("absolute/deep")],
        ["real/up", "../absolute"],
        ["real/deep/out", "../../real/deep/.."],
        ["dangling", at("nowhere/x")],
        ["loop", "loop2"],
        ["loop2", at("loop")],
        ["self", at("self/x")],
        ["kernel", "/proc/self/mounts"],
        ["cgroup", "/sys/fs/cgroup"],
        ["null", "/dev/null"],
        ["top", "/"],
        ["engine", "/run/docker.sock"],
        ["engine2", at("docker.sock")],
      ] as const
    ) await Deno.symlink(target, at(path));
    return new Machine(root);
  }

  translate(source: string, use: PathUse = "create"): TranslatedPath | Promise<TranslatedPath> {
    return linuxHostPaths({
      dockerSocket: `${this.root}/docker.sock`,
      files: new PatientFiles(undefined, ENDLESS), // a busy machine is not a dead file system
      mounts: () => "",
      engineHas: (path) => {
        this.asked.push(path);
        return Promise.resolve(path !== "/dev/missing" && path !== "/mnt/wsl/missing");
      },
    })(source, use, NEVER);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}

Deno.test("linuxHostPaths() follows links on the machine, wherever they are in the path", async () => {
  await using machine = await Machine.make();
  const { root } = machine;
  for (
    const [path, expected] of [
      ["real", "real"],
      ["absolute", "real"],
      ["relative/", "real"],
      ["absolute/deep", "real/deep"],
      ["absolute/../real", "real"],
      ["chain/..", "real"], // as the kernel has it: above the folder that the link leads to
      ["chain/../file", "real/file"],
      ["file", "real/file"],
      ["real/up/deep", "real/deep"],
      ["real/deep/out/deep", "real/deep"],
      ["absolute/new", "real/new"],
      ["absolute/new/../other", "real/other"],
      ["nothing/at/all", "nothing/at/all"],
    ] as const
  ) {
    for (const use of ["create", "later"] as const) {
      const translated = await machine.translate(`${root}/${path}`, use);
      assert.equal(translated, `/mnt/c${root}/${expected}`, path);
      assert.equal(await machine.translate(translated, use), translated, "the second time");
    }
  }
  assert.equal(await machine.translate(`${root}/top${root}/file`), `/mnt/c${root}/real/file`);
  assert.equal(await machine.translate(`/mnt/c${root}/chain`), `/mnt/c${root}/real/deep`);
  assert.equal(await machine.translate("/"), "/mnt/c");
  assert.equal(await machine.translate(`${root}/top`), "/mnt/c");
  assert.equal(await machine.translate("/mnt/c"), "/mnt/c");
  assert.deepEqual(machine.asked, []);
});

Deno.test("linuxHostPaths() refuses links that lead nowhere, and files that stand for folders", async () => {
  await using machine = await Machine.make();
  const { root } = machine;
  for (
    const [path, refused] of [
      ["dangling", `the link '${root}/dangling' leads to '${root}/nowhere', which does not exist`],
      ["dangling/y", `the link '${root}/dangling' leads to '${root}/nowhere', which does not exist`],
      ["loop", "it has too many levels of symbolic links"],
      ["loop2/x", "it has too many levels of symbolic links"],
      ["self", "it has too many levels of symbolic links"],
      ["real/file/x", `'${root}/real/file' is not a folder`],
      ["file/x/y", `'${root}/real/file' is not a folder`],
    ] as const
  ) {
    for (const use of ["create", "require"] as const) {
      assert.deepEqual(await machine.translate(`${root}/${path}`, use), { refused }, path);
    }
    assert.match(String(await machine.translate(`${root}/${path}`, "later")), /^\/mnt\/c\//);
  }
});

Deno.test("linuxHostPaths() refuses what is missing only where the engine does", async () => {
  await using machine = await Machine.make();
  const missing = `${machine.root}/absolute/nope`;
  assert.deepEqual(await machine.translate(missing, "require"), {
    refused: "bind source path does not exist",
  });
  assert.equal(await machine.translate(missing, "create"), `/mnt/c${machine.root}/real/nope`);
  assert.equal(await machine.translate(`${machine.root}/file`, "require"), `/mnt/c${machine.root}/real/file`);
});

Deno.test("linuxHostPaths() leaves the kernel's folders to the engine, and nothing is made in them", async () => {
  await using machine = await Machine.make();
  const { root } = machine;
  for (
    const [path, expected] of [
      ["/proc", "/proc"],
      ["/proc/self/../1", "/proc/1"],
      ["/sys/fs/cgroup/", "/sys/fs/cgroup"],
      ["/dev", "/dev"],
      ["/dev/shm", "/dev/shm"],
      ["/tmp/../dev/null", "/dev/null"],
      [`${root}/kernel`, "/proc/self/mounts"],
      [`${root}/cgroup`, "/sys/fs/cgroup"],
      [`${root}/null`, "/dev/null"],
      [`${root}/top/proc/1`, "/proc/1"],
      ["/mnt/c/sys", "/sys"],
    ] as const
  ) {
    assert.equal(await machine.translate(path), expected, path);
    assert.equal(machine.asked.pop(), expected);
  }
  assert.deepEqual(await machine.translate("/dev/missing"), {
    refused: "containers get the engine's own '/dev', where it does not exist",
  });
  assert.deepEqual(await machine.translate("/mnt/wsl/missing"), {
    refused: "it does not exist in the engine",
  });
  assert.equal(await machine.translate("/mnt/wsl/there"), "/mnt/wsl/there");
});

Deno.test("linuxHostPaths() knows the engine's socket by any name and any link", async () => {
  await using machine = await Machine.make();
  const { root } = machine;
  for (
    const path of [
      `${root}/docker.sock`,
      `${root}/real/../docker.sock`,
      `/mnt/c${root}/docker.sock`,
      `${root}/engine2`,
      `${root}/engine`,
      "/run/user/4294967290/docker.sock",
      "/root/nobody/.docker/run/docker.sock",
    ]
  ) assert.equal(await machine.translate(path), "/run/docker.sock", path);
  for (const path of ["/run/docker.sock", "/var/run/docker.sock", "//var/run//docker.sock"]) {
    assert.equal(await machine.translate(path), undefined, path);
  }
});

Deno.test("linuxHostPaths() leaves names of volumes, and looks at nothing that is too long for a path", async () => {
  await using machine = await Machine.make();
  assert.equal(await machine.translate(`/tmp${"/../tmp".repeat(600)}`), "/mnt/c/tmp"); // longer than any path
  for (const source of ["", "volume", "./relative", "C:\\x"]) {
    assert.equal(await machine.translate(source), undefined);
  }
});

Deno.test("linuxHostPaths() asks a machine with a /mnt/c of its own what exists", async () => {
  const there = new Set(["/mnt", "/mnt/c", "/mnt/c/Users", "/home"]);
  const translate = (source: string) =>
    linuxHostPaths({
      dockerSocket: "/d/docker.sock",
      files: {
        readLink: (path) =>
          there.has(path) ? Promise.resolve(null) : Promise.reject(new Deno.errors.NotFound()),
      },
      mounts: () => "",
      engineHas: () => Promise.resolve(true),
    })(source, "create", NEVER);
  assert.equal(await translate("/mnt/c/Users"), "/mnt/c/mnt/c/Users");
  assert.equal(await translate("/mnt/c/mnt/c/Users"), "/mnt/c/mnt/c/Users");
  assert.equal(await translate("/mnt/c/home"), "/mnt/c/home");
  assert.equal(await translate("/mnt/c/new"), "/mnt/c/mnt/c/new");
  there.delete("/mnt/c");
  assert.equal(await translate("/mnt/c/new"), "/mnt/c/new");
});

Deno.test("linuxHostPaths() refuses what the engine cannot see because it was mounted later", async () => {
  const asked: (string | undefined)[] = [];
  const translate = linuxHostPaths({
    dockerSocket: "/d/docker.sock",
    files: { readLink: () => Promise.resolve(null) },
    mounts: () =>
      "1 0 8:1 / / rw - ext4 a rw\n2 1 8:2 / /early rw - ext4 b rw\n3 1 8:3 / /late rw - ext4 c rw\n",
    engineHas: (path, _signal, device) => {
      asked.push(path, device);
      return Promise.resolve(path === "/mnt/c/early");
    },
  });
  for (const use of ["create", "require"] as const) {
    assert.equal(await translate("/srv", use, NEVER), "/mnt/c/srv");
    assert.equal(await translate("/early/x", use, NEVER), "/mnt/c/early/x");
    assert.deepEqual(await translate("/late/x", use, NEVER), {
      refused: "the file system at '/late' was mounted after the engine was started; " +
        "run 'windlass restart', or 'mount --make-rshared /' before the next start",
    });
    assert.deepEqual(asked.splice(0), ["/mnt/c/early", "8:2", "/mnt/c/late", "8:3"]);
  }
  assert.equal(await translate("/late/x", "later", NEVER), "/mnt/c/late/x");
});

Deno.test("linuxHostPaths() gives up on a file system that does not answer", async () => {
  const files = new PatientFiles(() => new Promise(() => {}), 1);
  const translate = linuxHostPaths({
    dockerSocket: "/d/docker.sock",
    files,
    mounts: () => "",
    engineHas: () => Promise.resolve(true),
  });
  for (const use of ["create", "require", "later"] as const) {
    assert.deepEqual(await translate("/net/dead/x", use, NEVER), {
      refused: "the file system of '/net' did not answer within 10 s",
    });
  }
  const left = new AbortController();
  const waiting = translate("/net/dead/x", "create", left.signal);
  left.abort(new Error("gone"));
  await assert.rejects(async () => await waiting, /^Error: gone$/);
});
