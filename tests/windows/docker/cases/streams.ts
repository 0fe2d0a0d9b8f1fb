import assert from "node:assert/strict";
import { eventually } from "../../../support/eventually.ts";
import { IMAGE, type WindowsCase } from "./windows_case.ts";

/** What a program ends with that Ctrl-C has ended, as docker.exe tells it. */
const INTERRUPTED = 130;

/** Answers that have no end of their own. */
export const STREAM_CASES: readonly WindowsCase[] = [
  {
    name: "docker logs -f follows until Ctrl-C, and the container continues",
    async run({ docker }) {
      const script = "n=0; while :; do n=$((n+1)); echo tick-$n; sleep 0.2; done";
      const box = await docker.run(["run", "-d", "--rm", IMAGE, "sh", "-c", script]);
      await using logs = docker.start(["logs", "-f", box]);
      await logs.waitFor(/tick-1\n[^]*tick-3\n/);
      logs.kill("SIGINT"); // Wine hands it on as Ctrl-C
      assert.equal((await logs.ended()).code, INTERRUPTED);
      assert.equal(await docker.run(["inspect", "--format", "{{.State.Running}}", box]), "true");
      await docker.run(["rm", "-f", box]);
    },
  },
  {
    name: "docker events shows a container while it comes and goes",
    async run({ docker }) {
      await using events = docker.start(["events", "--format", "{{.Action}} {{.Actor.Attributes.name}}"]);
      await eventually(async () => {
        await docker.run(["run", "--rm", IMAGE, "true"]);
        assert.match(events.output, /die/);
      });
      await docker.run(["run", "--rm", "--name", "seen", IMAGE, "true"]);
      await events.waitFor(/create seen[^]*start seen[^]*die seen[^]*destroy seen/);
      events.kill("SIGINT");
      await events.ended();
    },
  },
  {
    name: "docker attach to a container that is killed ends with its code",
    async run({ docker }) {
      const box = await docker.run(["run", "-d", "-i", IMAGE, "cat"]);
      await using attached = docker.start(["attach", box]);
      await attached.write("echoed\n");
      await attached.waitFor(/echoed/);
      await docker.run(["kill", box]);
      assert.equal((await attached.ended()).code, 137);
      await docker.run(["rm", box]);
    },
  },
  {
    name: "a docker.exe that is killed in the middle of its output leaves the engine well",
    async run({ docker }) {
      const box = await docker.run(["run", "-d", "--rm", IMAGE, "sh", "-c", "while :; do seq 100000; done"]);
      await using logs = docker.start(["logs", "-f", box]);
      await logs.waitFor(/99999\n/);
      logs.kill("SIGKILL");
      await logs.ended();
      assert.equal(await docker.run(["exec", box, "echo", "well"]), "well");
      await docker.run(["rm", "-f", box]);
    },
  },
];
