import assert from "node:assert/strict";
import { eventually } from "../../tests/support/eventually.ts";
import { runInGroup } from "./run_in_group.ts";

/** Milliseconds that no command here reaches. */
const LIMIT = 60_000;

/** Starts a program, prints its process id, and waits for it. */
const WITH_CHILD = ["sh", "-c", "sleep 60 & echo $!; wait"];

/** Whether the process runs; one that was killed and not yet collected does not. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

Deno.test("runInGroup() returns the output and whether the command succeeded", async () => {
  const shown: Uint8Array[] = [];
  const show = (chunk: Uint8Array) => void shown.push(chunk);
  assert.deepEqual(await runInGroup(["echo", "done"], { limitMilliseconds: LIMIT, show }), {
    success: true,
    output: "done\n",
    killed: false,
  });
  assert.equal(new TextDecoder().decode(shown[0]), "done\n");
  const both = await runInGroup(["sh", "-c", "echo 1; echo 2 >&2; echo 3"], {
    limitMilliseconds: LIMIT,
    show,
  });
  assert.equal(both.output, "1\n2\n3\n");
  const { success } = await runInGroup(["sh", "-c", "exit 3"], { limitMilliseconds: LIMIT, show });
  assert.equal(success, false);
});

Deno.test("runInGroup() returns why a command cannot be run", async () => {
  const { success, output, killed } = await runInGroup(["a\0b"], { limitMilliseconds: LIMIT });
  assert.deepEqual([success, killed], [false, false]);
  assert.match(output, /^Cannot run 'a\0b': /);
});

Deno.test("runInGroup() ends what the command has started when it is aborted", async () => {
  const ended = new AbortController();
  let child = 0;
  const result = await runInGroup(WITH_CHILD, {
    limitMilliseconds: LIMIT,
    show(chunk) {
      child = Number(new TextDecoder().decode(chunk));
      ended.abort();
    },
    signal: ended.signal,
  });
  assert.deepEqual([result.success, result.killed], [false, false]);
  await eventually(() => assert.equal(isRunning(child), false)); // its pipe closes before the process has ended
});

/** Keeps the timer of {@linkcode LIMIT} until a test lets it end, however long the command takes to say something. */
class HeldLimit implements Disposable {
  readonly #real = globalThis.setTimeout;
  end: () => void = () => assert.fail("no limit was set");

  constructor() {
    const hold = (call: () => void, milliseconds: number) => {
      if (milliseconds !== LIMIT) return this.#real(call, milliseconds);
      this.end = call;
      return 0;
    };
    Object.assign(globalThis, { setTimeout: hold });
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, { setTimeout: this.#real });
  }
}

Deno.test("runInGroup() kills the group at its limit and keeps the output", async () => {
  using limit = new HeldLimit();
  const result = await runInGroup(WITH_CHILD, { limitMilliseconds: LIMIT, show: () => limit.end() });
  assert.deepEqual([result.success, result.killed], [false, true]);
  assert.match(result.output, /^\d+\n$/);
  await eventually(() => assert.equal(isRunning(Number(result.output)), false));
});

Deno.test("runInGroup() does not wait for the end of a daemon that holds its output", async () => {
  const daemon = ["sh", "-c", "setsid sleep 60 & echo $!"];
  const result = await runInGroup(daemon, { limitMilliseconds: LIMIT });
  assert.deepEqual([result.success, result.killed], [true, false]);
  assert.match(result.output, /^\d+\n$/);
  Deno.kill(Number(result.output), "SIGKILL"); // not found, if its end was waited for
});

Deno.test("runInGroup() does not pass on that a shell ignores signals", async () => {
  const program = `
    import { runInGroup } from "${new URL("./run_in_group.ts", import.meta.url)}";
    const { output } = await runInGroup(["grep", "SigIgn", "/proc/self/status"], { limitMilliseconds: ${LIMIT} });
    console.log(output);`;
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", 'trap "" INT QUIT; exec "$0" eval --no-check "$1"', Deno.execPath(), program],
    stderr: "inherit",
  }).output();
  const ignored = parseInt(/SigIgn:\s+(\w+)/.exec(new TextDecoder().decode(stdout))?.[1] ?? "", 16);
  assert.equal(ignored & 0b110, 0); // bits 1 and 2 are signals 2 and 3
});
