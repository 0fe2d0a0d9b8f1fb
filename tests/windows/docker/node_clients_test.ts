/** dockerode in a real node.exe, which sees the end of a stream only when the pipe is closed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { bundleForNode, NODE_ARGUMENTS } from "../../support/node_bundle.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { openNode } from "../pipe/clients/open_clients.ts";
import { IMAGE } from "./cases/windows_case.ts";
import { openWindowsMachine } from "../support/windows_machine.ts";
import { START_MILLISECONDS, windowsExecutable } from "../support/windows_instance.ts";

/** Each of the eleven scenarios gives up by itself, after a minute. */
const NODE_MILLISECONDS = 800_000;

Deno.test("node.exe sees the ends of exec, attach and logs through windlass.exe", async () => {
  const program = join(REPOSITORY, "tests/docker/stream_ends_on_node.ts");
  const bundle = await bundleForNode(program, "stream_ends_on_node");
  await using machine = await openWindowsMachine();
  const { wine } = machine;
  const windlass = wine.toWindows(await windowsExecutable());
  const started = await wine.run({ program: windlass, args: ["start"] }, {
    deadlineMilliseconds: START_MILLISECONDS,
  });
  assert.equal(started.code, 0, started.stderr + started.stdout);
  // Under Wine, Node.js can open a file as its output, but neither a pipe nor a socket.
  const words = [
    wine.toWindows(await openNode()),
    ...NODE_ARGUMENTS,
    wine.toWindows(bundle),
    "//./pipe/docker_engine",
    IMAGE,
  ];
  const line = `@${words.map((word) => `"${word}"`).join(" ")} < NUL > C:\\output.txt 2>&1`;
  await Deno.writeTextFile(join(wine.driveC, "run_node.cmd"), `${line}\r\n`);
  await wine.run({ program: "cmd", args: ["/c", "C:\\run_node.cmd"] }, {
    deadlineMilliseconds: NODE_MILLISECONDS,
  });
  assert.equal((await Deno.readTextFile(join(wine.driveC, "output.txt"))).trim(), "done");
});
