import assert from "node:assert/strict";
import { FakeWorkspaceWsl } from "../../../tests/fakes/fake_workspace_wsl.ts";
import { NO_LOG } from "../../logging/log.ts";
import type { Joinable } from "../../streams/join_streams.ts";
import { WorkspaceTool } from "../../workspaces/workspace_tool.ts";
import { RootStreams } from "./root_streams.ts";

/** The agent's end of a stream. */
class AgentStream {
  readonly target = "root:Ubuntu";
  refused: string | undefined;
  #said: Uint8Array | null;
  readonly #end = Promise.withResolvers<null>();
  #heard = "";
  readonly #line = Promise.withResolvers<string>();
  readonly closed: Promise<void>;
  readonly #close: () => void;

  constructor(line: string) {
    this.#said = new TextEncoder().encode(line);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#close = resolve;
  }

  /** The first line that the host has answered. */
  get answer(): Promise<string> {
    return this.#line.promise;
  }

  end(): void {
    this.#end.resolve(null);
  }

  refuse(reason: string): void {
    this.refused = reason;
  }

  accept(): Joinable {
    const close = () => {
      this.end();
      this.#close();
    };
    return {
      read: () => {
        const said = this.#said;
        this.#said = null;
        return said === null ? this.#end.promise : Promise.resolve(said);
      },
      write: (bytes) => {
        this.#heard += new TextDecoder().decode(bytes);
        if (this.#heard.endsWith("\n")) this.#line.resolve(this.#heard);
        return Promise.resolve();
      },
      closeWrite: () => Promise.resolve(),
      close,
      [Symbol.dispose]: close,
    };
  }
}

function lab() {
  const wsl = new FakeWorkspaceWsl();
  wsl.add("Ubuntu");
  const tool = new WorkspaceTool({ wsl, folder: "windlass", executable: "/mnt/c/w.exe", home: undefined });
  const roots = new RootStreams({
    tool,
    placeOf: (name) =>
      Promise.resolve(
        name === "Ubuntu" ? { distro: name, automountRoot: "/mnt/" } : `'${name}' is not enabled`,
      ),
    log: NO_LOG,
  });
  const serve = (line: string, workspace = "Ubuntu") => {
    const stream = new AgentStream(line);
    roots.accept(stream, workspace);
    return stream;
  };
  return { wsl, roots, serve };
}

Deno.test("RootStreams shares the files of a distro until the agent closes the stream", async () => {
  const { wsl, roots, serve } = lab();
  const stream = serve("a1.sock\n");
  assert.equal(await stream.answer, "ok\n");
  assert.deepEqual([wsl.calls, wsl.shares[0]?.isOpen, roots.count], [
    ["Ubuntu: share /mnt/wsl/windlass/roots/a1.sock"],
    true,
    1,
  ]);
  stream.end();
  await stream.closed;
  await roots[Symbol.asyncDispose]();
  assert.deepEqual([wsl.shares[0]?.isOpen, roots.count], [false, 0]);
});

Deno.test("RootStreams closes the stream when the distro ends", async () => {
  const { wsl, serve } = lab();
  const stream = serve("a1.sock\n");
  await stream.answer;
  wsl.shares[0]?.end(137);
  await stream.closed;
});

Deno.test("RootStreams ends with the host, and refuses what comes then", async () => {
  const { wsl, roots, serve } = lab();
  const stream = serve("a1.sock\n");
  await stream.answer;
  await roots[Symbol.asyncDispose]();
  assert.equal(wsl.shares[0]?.isOpen, false);
  assert.equal(serve("a2.sock\n").refused, "the host ends");
});

Deno.test("RootStreams answers with a sentence what it cannot share", async () => {
  const { wsl, serve } = lab();
  assert.equal(await serve("a1.sock\n", "Debian").answer, "'Debian' is not enabled\n");
  for (const name of ["../../x", "", ".", "a b", "x".repeat(65)]) {
    assert.equal(await serve(`${name}\n`).answer, `'${name}' is not the name of a socket\n`);
  }
  assert.deepEqual(wsl.calls, []);
  wsl.shareLine = '{"error":"no-engine","message":"Cannot reach the engine at \'/x\': it\\nis gone"}\n';
  assert.equal(await serve("a1.sock\n").answer, "Cannot reach the engine at '/x': it is gone\n");
  wsl.shareLine = "";
  const silent = serve("a1.sock\n");
  while (wsl.shares.length < 2) await Promise.resolve();
  wsl.shares[1]?.end(3);
  assert.equal(await silent.answer, "its program ended with status 3\n");
});

Deno.test("RootStreams keeps no more distros than a setting can name", async () => {
  const { roots, serve } = lab();
  const streams = Array.from({ length: 65 }, (_, number) => serve(`s${number}\n`));
  assert.deepEqual([roots.count, streams.at(-1)?.refused], [64, "there are 64 file trees already"]);
  await roots[Symbol.asyncDispose]();
});
