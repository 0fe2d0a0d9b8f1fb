import assert from "node:assert/strict";
import { isWindlassError } from "../../errors/windlass_error.ts";
import { nativeProgram } from "./native_program.ts";
import { requireAbilities, toolPath } from "./required_tools.ts";
import { distroSocket, statePaths } from "./state_paths.ts";

async function errorOf(action: () => unknown): Promise<[code: string, message: string, remedy: string]> {
  try {
    await action();
  } catch (error) {
    if (isWindlassError(error)) return [error.code, error.message, error.remedy];
    throw error;
  }
  throw new assert.AssertionError({ message: "it succeeded" });
}

Deno.test("requireAbilities() wants root", async () => {
  assert.deepEqual(
    await errorOf(() => requireAbilities("start a distro", { uid: 1000, toolPath: "/usr/bin" })),
    [
      "WL_ROOT_NEEDED",
      "Cannot start a distro: user id is 1000, not 0",
      "Run the same command as root, for example with 'sudo'.",
    ],
  );
});

Deno.test("requireAbilities() names the missing tool and its package", async () => {
  const folder = await Deno.makeTempDir();
  const expected = [["bsdtar", "libarchive-tools"], ["ip", "iproute2"], ["nft", "nftables"], [
    "nsenter",
    "util-linux",
  ]];
  for (const [tool, debianPackage] of expected) {
    assert.deepEqual(await errorOf(() => requireAbilities("start a distro", { uid: 0, toolPath: folder })), [
      "WL_TOOL_MISSING",
      `Cannot start a distro: the program '${tool}' is missing`,
      `Install it with 'apt-get install ${debianPackage}' and try again.`,
    ]);
    await Deno.writeTextFile(`${folder}/${tool}`, "");
  }
  await requireAbilities("start a distro", { uid: 0, toolPath: `/nonesuch:${folder}` });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("nativeProgram() says why there is none", async () => {
  assert.equal(
    (await errorOf(() => nativeProgram({})))[1],
    "Cannot run the wsl helper: WINDLASS_WSL_HELPER is not set",
  );
  assert.equal(
    (await errorOf(() => nativeProgram({ WINDLASS_WSL_HELPER: "/nonesuch" })))[1],
    "Cannot run the wsl helper: '/nonesuch' is not a file",
  );
});

Deno.test("statePaths() follows WINDLASS_HOME, then XDG_DATA_HOME, then HOME", () => {
  const folder = (environment: Record<string, string>) => statePaths(environment).folder;
  assert.equal(folder({ WINDLASS_HOME: "/w", XDG_DATA_HOME: "/x", HOME: "/h" }), "/w/wsl");
  assert.equal(folder({ WINDLASS_HOME: "", XDG_DATA_HOME: "/x", HOME: "/h" }), "/x/windlass/wsl");
  assert.equal(folder({ HOME: "/h" }), "/h/.local/share/windlass/wsl");
});

Deno.test("statePaths() takes the whole host as drive C, or the folder that WINDLASS_WSL_DRIVE_C names", async () => {
  const drive = (driveC?: string) => statePaths({ WINDLASS_HOME: "/w", WINDLASS_WSL_DRIVE_C: driveC }).driveC;
  assert.deepEqual([drive(), drive(""), drive("/srv/c/")], ["/", "/", "/srv/c"]);
  assert.equal(
    (await errorOf(() => drive("here")))[1],
    "Cannot use WINDLASS_WSL_DRIVE_C: 'here' is not an absolute path",
  );
});

Deno.test("statePaths() gives two homes two ids, and one home always the same", () => {
  const id = (home: string) => statePaths({ WINDLASS_HOME: home }).id;
  assert.match(id("/a"), /^[0-9a-f]{8}$/);
  assert.equal(id("/a"), id("/a/"));
  assert.notEqual(id("/a"), id("/b"));
});

Deno.test("statePaths() refuses what no socket fits in", async () => {
  const home = `/${"x".repeat(100)}`;
  assert.deepEqual(await errorOf(() => statePaths({ WINDLASS_HOME: home })), [
    "WL_HOME_INVALID",
    `Cannot use WINDLASS_HOME: the socket path '${home}/wsl/service.sock' has 118 bytes, the limit is 107`,
    "Set WINDLASS_HOME to a shorter path.",
  ]);
  assert.equal(
    (await errorOf(() => statePaths({ WINDLASS_HOME: "here" })))[1],
    "Cannot use WINDLASS_HOME: 'here' is not an absolute path",
  );
  assert.equal(
    (await errorOf(() => statePaths({})))[1],
    "Cannot find the data folder: neither WINDLASS_HOME nor HOME is set",
  );
});

Deno.test("distroSocket() is no longer than the service's own socket", () => {
  const paths = statePaths({ WINDLASS_HOME: "/w" });
  const socket = distroSocket(paths, "{01234567-89ab-cdef-0123-456789abcdef}");
  assert.equal(socket, "/w/wsl/d-01234567");
  assert.ok(socket.length <= paths.serviceSocket.length);
});

Deno.test("toolPath() begins with the folders of the system, and has no relative one", () => {
  assert.equal(
    toolPath("/home/me/bin:/usr/bin::.:bin:/opt/bin"),
    "/usr/sbin:/sbin:/usr/bin:/bin:/home/me/bin:/opt/bin",
  );
  assert.equal(toolPath(undefined), "/usr/sbin:/sbin:/usr/bin:/bin");
});
