import assert from "node:assert/strict";
import { answerToInput } from "../../support/answer_to_input.ts";
import type { ClientCase } from "../client_case.ts";

/** Seconds that a half-closed run stays silent; `WINDLASS_LONG_CASES=1` makes it the six minutes of old bug reports. */
const SILENT_SECONDS = Deno.env.get("WINDLASS_LONG_CASES") === "1" ? 360 : 10;

/** `docker run` with every kind of stdin. */
export const RUN_CASES: readonly ClientCase[] = [
  {
    name: "docker run prints what the container prints",
    async run({ docker, image }) {
      assert.equal(await docker.run(["run", "--rm", image, "echo", "hello"]), "hello");
    },
  },
  {
    name: "docker run keeps stdout and stderr apart and passes the exit code on",
    async run({ docker, image }) {
      const { code, stdout, stderr } = await docker.attempt(
        ["run", "--rm", image, "sh", "-c", "echo out; echo err >&2; exit 42"],
      );
      assert.deepEqual({ code, stdout, stderr }, { code: 42, stdout: "out\n", stderr: "err\n" });
    },
  },
  {
    name: "docker run without -i prints what comes after its half-close",
    async run({ docker, image }) {
      // The CLI half-closes right after the hijack here: a relay that closes then loses all of the output.
      const script = "sleep 1; echo late; sleep 1; echo later";
      assert.equal(await docker.run(["run", "--rm", image, "sh", "-c", script]), "late\nlater");
    },
  },
  {
    name: "docker run survives a long silence after its half-close",
    async run({ docker, image }) {
      const output = await docker.run([
        "run",
        "--rm",
        image,
        "sh",
        "-c",
        `sleep ${SILENT_SECONDS}; echo woke`,
      ], {
        deadlineMilliseconds: (SILENT_SECONDS + 120) * 1_000,
      });
      assert.equal(output, "woke");
    },
  },
  {
    name: "echo hi | docker run -i",
    async run({ docker, image }) {
      // The program does not wait for the end of its input, which comes at once: see answerToInput().
      const args = ["run", "--rm", "-i", image, "sh", "-c", 'read word; echo "said $word"'];
      assert.equal(await docker.run(args, { stdin: "hi\n" }), "said hi");
    },
  },
  {
    name: "docker run -i with a stdin that is empty from the start prints all that comes later",
    async run({ docker, image }) {
      const args = ["run", "--rm", "-i", image, "sh", "-c", "sleep 1; echo late"];
      assert.equal(await docker.run(args, { stdin: "" }), "late");
    },
  },
  {
    name: "docker run -i with an empty stdin ends",
    async run({ docker, image }) {
      const run = docker.start(["run", "--rm", "-i", image, "sh", "-c", "echo ready; exec wc -c"]);
      assert.equal(await answerToInput(run, ""), "0\n");
    },
  },
  {
    name: "docker run -i answers after its stdin has ended",
    async run({ docker, image }) {
      const script = "echo ready; cat > /tmp/all; sleep 1; wc -c < /tmp/all";
      const run = docker.start(["run", "--rm", "-i", image, "sh", "-c", script]);
      assert.equal(await answerToInput(run, "x".repeat(100_000)), "100000\n");
    },
  },
  {
    name: "docker run -i carries 32 MB both ways unchanged",
    async run({ docker, image, folder }) {
      await docker.shell(
        `head -c 32000000 /dev/urandom > in && docker run --rm -i ${image} cat < in > out && cmp in out`,
        { cwd: folder },
      );
    },
  },
  {
    name: "docker run -d, wait and logs",
    async run({ docker, image }) {
      await docker.run(["run", "-d", "--name", "job", image, "sh", "-c", "echo done; exit 7"]);
      assert.equal(await docker.run(["wait", "job"]), "7");
      assert.equal(await docker.run(["logs", "job"]), "done");
    },
  },
  {
    name: "docker run of a program that is not there fails as on dockerd",
    async run({ docker, image }) {
      const { code, stderr } = await docker.attempt(["run", "--rm", image, "no-such-program"]);
      assert.equal(code, 127);
      return stderr.replaceAll(/[0-9a-f]{64}/g, "ID");
    },
  },
  {
    name: "docker run with limits",
    async run({ docker, image }) {
      const limits = ["--memory", "64m", "--cpus", "0.5", "--pids-limit", "50"];
      const format = "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}";
      await docker.run(["run", "-d", "--name", "limited", ...limits, image, "sleep", "1000"]);
      assert.equal(await docker.run(["inspect", "--format", format, "limited"]), "67108864 500000000 50");
    },
  },
  {
    name: "docker exec -i with stdin",
    async run({ docker, image }) {
      await docker.run(["run", "-d", "--name", "box", image, "sleep", "1000"]);
      const exec = (program: string) =>
        docker.start(["exec", "-i", "box", "sh", "-c", `echo ready; exec ${program}`]);
      assert.equal(await answerToInput(exec("tr a-z A-Z"), "abc\n"), "ABC\n");
      assert.equal(await answerToInput(exec("wc -c"), ""), "0\n");
      assert.equal((await docker.attempt(["exec", "box", "sh", "-c", "exit 3"])).code, 3);
    },
  },
];
