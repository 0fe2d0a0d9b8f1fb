import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { answerToInput } from "../../../support/answer_to_input.ts";
import { IMAGE, type WindowsCase } from "./windows_case.ts";

/** Bytes that go through `exec -i`: far more than all buffers on the way hold together. */
const STDIN_BYTES = 50_000_000;

/** Running things, and their streams. */
export const RUN_CASES: readonly WindowsCase[] = [
  {
    name: "docker.exe finds the engine without any configuration",
    async run({ docker }) {
      const format = "{{.Client.Os}} {{.Server.Os}} {{.Server.Version}}";
      assert.match(await docker.run(["version", "--format", format]), /^windows linux \d+\.\d+/);
    },
  },
  {
    name: "docker run passes output, errors and the exit code",
    async run({ docker }) {
      const script = "echo to-stdout; echo to-stderr >&2; exit 42";
      const result = await docker.attempt(["run", "--rm", IMAGE, "sh", "-c", script]);
      assert.deepEqual([result.stdout, result.stderr, result.code], ["to-stdout\n", "to-stderr\n", 42]);
    },
  },
  {
    name: "docker run -i reads stdin to its end",
    async run({ docker }) {
      const run = (program: string) =>
        docker.start(["run", "--rm", "-i", IMAGE, "sh", "-c", `echo ready; exec ${program}`]);
      assert.equal(await answerToInput(run("cat"), "hi\n"), "hi\n");
      assert.equal(await answerToInput(run("wc -c"), ""), "0\n");
    },
  },
  {
    name: "docker run -i with a stdin that ends at once prints all that comes later",
    async run({ docker }) {
      // The program does not wait for the end of its input, which comes at once: see answerToInput().
      const args = ["run", "--rm", "-i", IMAGE, "sh", "-c", 'read word; sleep 1; echo "said $word"'];
      assert.equal(await docker.run(args, { stdin: "hi\n" }), "said hi");
    },
  },
  {
    name: "docker exec -i takes 50 MB, and its answer comes after the end of input",
    async run({ docker }) {
      const block = crypto.getRandomValues(new Uint8Array(65_521));
      const stdin = new Uint8Array(STDIN_BYTES);
      for (let at = 0; at < stdin.length; at += block.length) {
        stdin.set(block.subarray(0, Math.min(block.length, stdin.length - at)), at);
      }
      const box = await docker.run(["run", "-d", "--rm", IMAGE, "sleep", "600"]);
      const output = await docker.run(["exec", "-i", box, "sha256sum"], { stdin });
      await docker.run(["rm", "-f", box]);
      assert.equal(output, `${createHash("sha256").update(stdin).digest("hex")}  -`);
    },
  },
  {
    name: "docker exec carries 50 MB back",
    async run({ docker }) {
      const script = `head -c ${STDIN_BYTES} /dev/urandom > /f; sha256sum < /f >&2; cat /f`;
      const { stdoutBytes, stderr } = await docker.attempt(["run", "--rm", IMAGE, "sh", "-c", script]);
      assert.equal(`${createHash("sha256").update(stdoutBytes).digest("hex")}  -`, stderr.trim());
    },
  },
];
