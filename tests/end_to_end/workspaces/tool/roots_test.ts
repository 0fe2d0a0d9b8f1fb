import assert from "node:assert/strict";
import { compiledProgram } from "../../../support/compile_once.ts";
import { InteractiveProcess } from "../../../support/interactive_process.ts";
import { eventually } from "../../../support/eventually.ts";
import { openTemporaryFolder } from "../../../support/temporary_folder.ts";
import { openToolTree, SHARED, TOOL, type ToolTree } from "./tool_tree.ts";

/** Where the two trees of a test meet: a folder of the machine that is mounted in both. */
const ROOTS = `${SHARED}/roots`;
const AT = "/run/windlass/workspaces/Ubuntu";

function start(distro: ToolTree, argv: readonly string[], user = "0:0"): InteractiveProcess {
  return new InteractiveProcess([
    ...[
      "nsenter",
      `--mount=/proc/${distro.holder}/ns/mnt`,
      "/usr/sbin/chroot",
      `--userspec=${user}`,
      distro.root,
    ],
    ...argv,
  ]);
}

/** The engine and a distro, which see one folder `roots`. */
async function openEngineAndDistro() {
  await using owned = new AsyncDisposableStack();
  const engine = owned.use(await openToolTree({ [AT]: null, [ROOTS]: null }));
  const distro = owned.use(
    await openToolTree({ [ROOTS]: null, "/home/me/file": "mine\n", "/home/me/late": null }),
  );
  const roots = owned.use(await openTemporaryFolder("windlass-roots"));
  for (const tree of [engine, distro]) await mount(tree, ["--bind", roots.path], ROOTS);
  const stack = owned.move();
  return { engine, distro, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function mount(distro: ToolTree, options: readonly string[], at: string): Promise<void> {
  const { code, stderr } = await distro.outside(["mount", ...options, `${distro.root}${at}`]);
  assert.equal(code, 0, stderr);
}

const receive = (socket: string) => [TOOL, "receive", "--at", AT, "--socket", `${ROOTS}/${socket}`];
const share = (socket: string) => [TOOL, "share", "--to", `${ROOTS}/${socket}`];
const read = async (tree: ToolTree, path: string) => (await tree.inside(["/bin/cat", path])).stdout;

Deno.test("share hands the whole tree to the engine: mounts below it, links and odd names included", async () => {
  await using both = await openEngineAndDistro();
  const { engine, distro } = both;
  const odd = "/home/me/ü\n\xff \\name";
  await Deno.writeTextFile(distro.path(odd), "odd\n");
  await Deno.mkdir(distro.path("/home/me/data"));
  await mount(distro, ["-t", "tmpfs", "data"], "/home/me/data");
  await Deno.writeTextFile(distro.path("/home/me/data/below"), "in a mount\n");
  await Deno.symlink("data/below", distro.path("/home/me/link"));

  await using receiver = start(engine, receive("one"));
  await receiver.waitFor(/"outcome":"listening"\}\n/);
  const socket = await Deno.lstat(engine.path(`${ROOTS}/one`));
  assert.deepEqual({ mode: socket.mode! & 0o777, uid: socket.uid }, { mode: 0o600, uid: 0 });
  await using sharer = start(distro, share("one"));
  await sharer.waitFor(/\{"step":"shared"\}\n/);
  assert.equal((await receiver.ended()).code, 0);
  assert.match(
    receiver.output,
    /\{"step":"root","path":"\/run\/windlass\/workspaces\/Ubuntu","outcome":"attached"\}\n$/,
  );

  assert.equal(await read(engine, `${AT}/home/me/file`), "mine\n");
  assert.equal(await read(engine, `${AT}/home/me/link`), "in a mount\n");
  assert.equal(await read(engine, `${AT}${odd}`), "odd\n");
  // The other way, while it is shared.
  await engine.inside(["/bin/sh", "-c", `echo theirs > ${AT}/home/me/file`]);
  assert.equal(await read(distro, "/home/me/file"), "theirs\n");
  await assert.rejects(Deno.lstat(engine.path(`${ROOTS}/one`)), Deno.errors.NotFound);

  await sharer.closeStdin();
  assert.equal((await sharer.ended()).code, 0);
});

Deno.test("What the engine mounts in a shared tree does not appear in the distro", async () => {
  await using both = await openEngineAndDistro();
  const { engine, distro } = both;
  await mount(distro, ["--make-rshared"], "");
  await using receiver = start(engine, receive("one"));
  await receiver.waitFor(/listening/);
  await using sharer = start(distro, share("one"));
  await sharer.waitFor(/"shared"/);
  await receiver.ended();
  await mount(engine, ["-t", "tmpfs", "engine"], `${AT}/home/me/late`);
  await engine.inside(["/bin/sh", "-c", `echo engine > ${AT}/home/me/late/x`]);
  assert.equal((await distro.inside(["/bin/cat", "/home/me/late/x"])).code, 1);
  // The other way it does, where the distro's mounts are shared.
  await Deno.mkdir(distro.path("/home/me/later"));
  await mount(distro, ["-t", "tmpfs", "distro"], "/home/me/later");
  await distro.inside(["/bin/sh", "-c", "echo later > /home/me/later/x"]);
  assert.equal(await read(engine, `${AT}/home/me/later/x`), "later\n");
});

Deno.test("receive takes a tree only from root, and only one", async () => {
  await using both = await openEngineAndDistro();
  const { engine } = both;
  await using receiver = start(engine, receive("one"));
  await receiver.waitFor(/listening/);
  // As if the socket were open to all.
  await Deno.chmod(engine.path(`${ROOTS}/one`), 0o666);
  await Deno.chmod(engine.path(ROOTS), 0o755);
  const path = engine.path(`${ROOTS}/one`);
  const stranger = await compiledProgram("tests/support/connect_as.c");
  const { stdout } = await engine.outside([stranger, "1000", `${engine.root}${ROOTS}/one`]);
  assert.equal(stdout, "0\n"); // the connection is closed without a word
  assert.equal(receiver.output.includes("attached"), false);
  // Root is taken, and then refused without a descriptor.
  using connection = await Deno.connect({ transport: "unix", path });
  await connection.write(new TextEncoder().encode("d"));
  assert.equal((await receiver.ended()).code, 1);
  const message = `Cannot take a file tree at '${ROOTS}/one': what came is not one`;
  assert.match(receiver.output, new RegExp(message));
});

Deno.test("share says when no engine listens, and ends when its caller is gone", async () => {
  await using both = await openEngineAndDistro();
  const { engine, distro } = both;
  assert.deepEqual(await distro.failure(["share", "--to", `${ROOTS}/none`]), {
    error: "no-engine",
    message: `Cannot reach the engine at '${ROOTS}/none': No such file or directory`,
  });
  const long = `${ROOTS}/${"x".repeat(200)}`;
  assert.deepEqual(await distro.failure(["share", "--to", long]), {
    error: "usage",
    message: `Cannot use '${long}': the path is too long for a socket`,
  });
  await using receiver = start(engine, receive("one"));
  await receiver.waitFor(/listening/);
  receiver.kill("SIGKILL");
  await receiver.ended();
  const { error } = await distro.failure(["share", "--to", `${ROOTS}/one`]);
  assert.equal(error, "no-engine");
});

Deno.test("A tree that is still mounted outlives the distro's programs, and goes with a lazy unmount", async () => {
  await using both = await openEngineAndDistro();
  const { engine, distro } = both;
  await using receiver = start(engine, receive("one"));
  await receiver.waitFor(/listening/);
  await using sharer = start(distro, share("one"));
  await sharer.waitFor(/"shared"/);
  await receiver.ended();
  sharer.kill("SIGKILL");
  await sharer.ended();
  assert.equal(await read(engine, `${AT}/home/me/file`), "mine\n");
  const { code, stderr } = await engine.outside(["umount", "--lazy", `${engine.root}${AT}`]);
  assert.equal(code, 0, stderr);
  await eventually(async () =>
    assert.equal((await engine.inside(["/bin/cat", `${AT}/home/me/file`])).code, 1)
  );
});
