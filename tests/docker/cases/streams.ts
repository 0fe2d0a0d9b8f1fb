import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import type { ClientCase } from "../client_case.ts";

/** Answers that have no end of their own, and those that have to come at once. */
export const STREAM_CASES: readonly ClientCase[] = [
  {
    name: "docker events shows the life of a container while it happens",
    async run({ docker, image }) {
      await using events = docker.start([
        "events",
        "--format",
        "{{.Type}} {{.Action}} {{.Actor.Attributes.name}}",
      ]);
      // The stream is open when a first event has come through; which one that is depends on luck.
      await eventually(async () => {
        await docker.run(["run", "--rm", image, "true"]);
        assert.match(events.output, /container die/);
      });
      await docker.run(["run", "--rm", "--name", "seen", image, "true"]);
      await events.waitFor(/container destroy seen\n/);
      // dockerd reports an attach when it has accepted it: the start may overtake that.
      await events.waitFor(/container attach seen\n/);
      const lines = events.output.split("\n").filter((line) => line.endsWith(" seen"));
      return [...lines.filter((line) => line !== "container attach seen"), lines.length];
    },
  },
  {
    name: "docker events of the past ends by itself",
    async run({ docker, image }) {
      const since = String(Math.floor(Date.now() / 1_000) - 1);
      await docker.run(["run", "--rm", "--name", "past", image, "true"]);
      const until = String(Math.floor(Date.now() / 1_000) + 1);
      const filters = ["--filter", "container=past", "--filter", "event=die"];
      const output = await docker.run(["events", "--since", since, "--until", until, ...filters]);
      assert.match(output, /container die/);
    },
  },
  {
    name: "docker stats prints once, and continues until it is killed",
    async run({ docker, image }) {
      await docker.run(["run", "-d", "--name", "box", image, "sleep", "1000"]);
      // The CLI gives dockerd a few seconds for the numbers, and prints dashes then.
      await eventually(async () => {
        const printed = await docker.run(["stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}}"]);
        assert.equal(printed, "box 1");
      });
      await using stats = docker.start(["stats", "--format", "{{.Name}} {{.MemUsage}}"]);
      await stats.waitFor(/box [0-9.]+\w+ \/[^]*box [0-9.]+\w+ \//);
      stats.kill("SIGINT");
      await stats.ended();
    },
  },
  {
    // Waiting for a container before its start is in connections.ts: the CLI's own condition ends at once there.
    name: "docker wait returns the exit code of a container that runs, and of one that has ended",
    async run({ docker, image }) {
      await docker.run(["run", "-d", "--name", "box", image, "sh", "-c", "sleep 1; exit 9"]);
      const running = await docker.run(["wait", "box"]);
      return [running, await docker.run(["wait", "box"])];
    },
  },
  {
    name: "docker start -a joins a created container from its first byte",
    async run({ docker, image }) {
      // Not 'cat': dockerd loses the end of input at times, see answerToInput().
      const script = 'echo first; read word; echo "$word"; exit 6';
      await docker.run(["create", "-i", "--name", "box", image, "sh", "-c", script]);
      const { code, stdout } = await docker.attempt(["start", "-ai", "box"], { stdin: "second\n" });
      assert.deepEqual({ code, stdout }, { code: 6, stdout: "first\nsecond\n" });
    },
  },
  {
    name: "docker logs of 200,000 lines are complete and in order",
    async run({ docker, image }) {
      await docker.run(["run", "--name", "box", image, "seq", "200000"]);
      const { stdout } = await docker.attempt(["logs", "box"]);
      assert.equal(stdout, Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join(""));
    },
  },
  {
    name: "docker top and docker diff",
    async run({ docker, image }) {
      await docker.run(["run", "-d", "--name", "box", image, "sh", "-c", "touch /new; sleep 1000"]);
      await eventually(async () => assert.equal(await docker.run(["diff", "box"]), "A /new"));
      assert.match(await docker.run(["top", "box"]), /sleep 1000/);
    },
  },
];
