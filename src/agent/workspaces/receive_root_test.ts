import assert from "node:assert/strict";
import { createMemoryDuplexPair } from "../../streams/memory_duplex.ts";
import { aborted, NEVER } from "../../timing/sleep.ts";
import { receiveRoot } from "./receive_root.ts";

const ENCODER = new TextEncoder();
const LISTENING = `echo '{"step":"socket","path":"x","outcome":"listening"}'`;
const ATTACHED = `echo '{"step":"root","path":"x","outcome":"attached"}'`;

/** Receives with a shell script in place of the program, and a host that answers. */
async function receive(script: string, answer: string | undefined, signal = NEVER) {
  const folder = await Deno.makeTempDir();
  try {
    const program = `${folder}/workspace`;
    await Deno.writeTextFile(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const [near, far] = createMemoryDuplexPair();
    let asked = "";
    const host = async () => {
      asked = new TextDecoder().decode(await far.read() ?? new Uint8Array());
      if (answer !== undefined) await far.write(ENCODER.encode(answer));
    };
    const served = host();
    const askHost = () => near;
    try {
      const root = await receiveRoot({ at: "/at", sockets: "/roots", askHost, signal, program });
      await served;
      return { root, far, asked };
    } finally {
      near.closeWrite();
      await served.catch(() => {});
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("receiveRoot() has the host connect to a socket of its own, and holds the tree until one of them gives it up", async () => {
  const { root, far, asked } = await receive(`${LISTENING}; ${ATTACHED}`, "ok\n");
  assert.match(asked, /^[0-9a-f-]{36}\n$/);
  far.close();
  await root.ended;
  root.release();
});

Deno.test("receiveRoot() passes on why the host cannot hand it over", async () => {
  await assert.rejects(receive(`${LISTENING}; read -r line`, "the distro does not start\n"), {
    message: "the distro does not start",
  });
});

Deno.test("receiveRoot() passes on why the program fails, before and after it listens", async () => {
  const failure = `echo '{"error":"failed","message":"Cannot listen at x: no space"}'; exit 1`;
  await assert.rejects(receive(failure, undefined), { message: "Cannot listen at x: no space" });
  await assert.rejects(receive(`${LISTENING}; ${failure}`, undefined), {
    message: "Cannot listen at x: no space",
  });
  await assert.rejects(receive("echo broken >&2; exit 1", undefined), { message: "broken" });
  await assert.rejects(receive("exit 3", undefined), { message: /ended with status 3$/ });
});

Deno.test("receiveRoot() ends with the signal's reason, and so does the program", async () => {
  const limit = new AbortController();
  const receiving = receive(`${LISTENING}; read -r line`, undefined, limit.signal);
  limit.abort(new Error("it takes too long"));
  await assert.rejects(receiving, { message: "it takes too long" });
  await aborted(limit.signal);
});
