import { deepEqual, equal, rejects } from "node:assert/strict";
import { NO_LOG } from "../../../src/logging/log.ts";
import { type MuxSession, openMuxSession } from "../../../src/mux/mux_session.ts";
import { openChildPipes } from "../../../src/platform/child_pipes.ts";
import type { Duplex } from "../../../src/streams/duplex.ts";
import { processDuplex } from "../../../src/streams/process_duplex.ts";
import { defineStreamTests, flood, type ServedSession } from "../../fakes/mux_stream_suite.ts";

const PEER = new URL("../../fakes/mux_echo_peer.ts", import.meta.url).pathname;

interface ChildSession extends ServedSession {
  readonly child: Deno.ChildProcess;
}

defineStreamTests({
  name: "child stdio",
  bigBytes: 50 * 1024 * 1024,
  connect: () => Promise.resolve(connect()),
});

defineStreamTests({
  name: "child stdio as web streams",
  bigBytes: 50 * 1024 * 1024,
  connect: () => Promise.resolve(connect("", processDuplex)),
});

function operated(child: Deno.ChildProcess): Duplex {
  return openChildPipes(child).link;
}

async function readToEnd(stream: Duplex): Promise<void> {
  while (await stream.read() !== null);
}

function connect(script = "", open: (child: Deno.ChildProcess) => Duplex = operated): ChildSession {
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", `${script} exec "$@"`, "sh", Deno.execPath(), "run", "-A", PEER],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const session: MuxSession = openMuxSession(open(child), {
    role: "host",
    accept: (stream) => stream.refuse("none"),
    log: NO_LOG,
  });
  return {
    session,
    child,
    async [Symbol.asyncDispose]() {
      await session.close();
      await child.status;
    },
  };
}

Deno.test("MuxSession over child stdio rejects everything with one reason when the child is killed", async () => {
  await using served = connect();
  const { session, child } = served;
  const reading = session.open("source:10000000000");
  await reading.read();
  const writing = session.open("sink");
  const waiting = session.open("stall");
  const seen = Promise.allSettled([readToEnd(reading), flood(writing), waiting.read()]);
  child.kill("SIGKILL");
  const reason = await session.closed;
  equal(["LINK_ENDED", "LINK_FAILED"].includes(reason.code), true, reason.message);
  deepEqual(await seen, Array(3).fill({ status: "rejected", reason }));
  await rejects(writing.closeWrite(), reason);
  equal([reading, writing, waiting].every((stream) => stream.gone.aborted), true);
  equal(session.streams().length, 0);
});

Deno.test("MuxSession over child stdio skips what a shell prints before the hello", async () => {
  await using served = connect("echo 'a banner'; printf '\\0\\377WINDLASS';");
  await served.session.ready;
  using stream = served.session.open("echo");
  await stream.write(Uint8Array.of(1));
  equal((await stream.read())?.length, 1);
});

Deno.test("MuxSession over child stdio quotes what a child says that is not a peer", async () => {
  const child = new Deno.Command("echo", { args: ["no such distro"], stdin: "piped", stdout: "piped" })
    .spawn();
  await using session = openMuxSession(operated(child), { role: "host", accept: () => {}, log: NO_LOG });
  await rejects(session.ready);
  equal((await session.closed).code === "HANDSHAKE" || (await session.closed).code === "LINK_FAILED", true);
  await child.status;
});

for (const [name, open] of [["operations", operated], ["web streams", processDuplex]] as const) {
  Deno.test(`MuxSession over child stdio by ${name} closes although the child is stopped and its pipe is full`, async () => {
    const { session, child } = connect("", open);
    await session.ready;
    Deno.kill(child.pid, "SIGSTOP");
    const writing = Array.from({ length: 4 }, () => rejects(flood(session.open("echo")), { code: "CLOSED" }));
    await session.close();
    await Promise.all(writing);
    child.kill("SIGKILL");
    equal((await child.status).signal, "SIGKILL");
  });
}
