import assert from "node:assert/strict";
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
        deadlineMilliseconds: (SILENT_SECONDS + 30) * 1_000,
      });
      assert.equal(output, "woke");
    },
  },
  {
    name: "echo hi | docker run -i cat",
    async run({ docker, image }) {
      assert.equal(await docker.run(["run", "--rm", "-i", image, "cat"], { stdin: "hi\n" }), "hi");
    },
  },
  {
    name: "docker run -i with an empty stdin ends",
    async run({ docker, image }) {
      assert.equal(await docker.run(["run", "--rm", "-i", image, "wc", "-c"], { stdin: "" }), "0");
    },
  },
  {
    name: "docker run -i answers after its stdin has ended",
    async run({ docker, image }) {
      const script = "cat > /tmp/all; sleep 1; wc -c < /tmp/all";
      const stdin = "x".repeat(100_000);
      assert.equal(await docker.run(["run", "--rm", "-i", image, "sh", "-c", script], { stdin }), "100000");
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
      await docker.run(["run", "-d", "--name", "limited", ...limits, image, "sleep", "60"]);
      assert.equal(await docker.run(["inspect", "--format", format, "limited"]), "67108864 500000000 50");
    },
  },
  {
    name: "docker exec -i with stdin",
    async run({ docker, image }) {
      await docker.run(["run", "-d", "--name", "box", image, "sleep", "60"]);
      // Input ends only when the program runs: dockerd itself loses, once in about a thousand times, an end that
      // comes before, and the program waits for it for ever.
      for (
        const [input, program, output] of [["abc\n", "tr a-z A-Z", /ABC\n/], ["", "wc -c", /^0\n/m]] as const
      ) {
        await using exec = docker.start(["exec", "-i", "box", "sh", "-c", `echo ready; exec ${program}`]);
        await exec.waitFor(/ready\n/);
        await exec.write(input);
        await exec.closeStdin();
        await exec.waitFor(output);
        assert.equal((await exec.ended()).code, 0);
      }
      assert.equal((await docker.attempt(["exec", "box", "sh", "-c", "exit 3"])).code, 3);
    },
  },
];
