import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { freePorts } from "../../support/free_ports.ts";
import type { ClientCase } from "../client_case.ts";

/** Requests with short answers, one after another. */
export const LIFE_CASES: readonly ClientCase[] = [
  {
    name: "docker version and docker info",
    async run({ docker }) {
      const format = "{{.Server.Version}} {{.Server.APIVersion}} {{.Server.Os}}";
      const driver = "{{.Driver}} {{.LoggingDriver}} {{.OSType}}";
      return [
        await docker.run(["version", "--format", format]),
        await docker.run(["info", "--format", driver]),
      ];
    },
  },
  {
    name: "create, start, pause, unpause, rename, restart, stop, kill, rm",
    async run({ docker, image }) {
      const state = async () => await docker.run(["inspect", "--format", "{{.State.Status}}", "box"]);
      const states: string[] = [];
      await docker.run(["create", "--name", "first", image, "sleep", "1000"]);
      await docker.run(["rename", "first", "box"]);
      states.push(await state());
      for (const action of ["start", "pause", "unpause"]) {
        await docker.run([action, "box"]);
        states.push(await state());
      }
      await docker.run(["restart", "--timeout", "0", "box"]);
      states.push(await state());
      await docker.run(["stop", "--timeout", "0", "box"]);
      states.push(await state());
      await docker.run(["start", "box"]);
      await docker.run(["kill", "box"]);
      await docker.run(["rm", "box"]);
      assert.deepEqual(states, ["created", "running", "paused", "running", "running", "exited"]);
    },
  },
  {
    name: "errors of dockerd arrive as they are",
    async run({ docker }) {
      const commands = [
        ["inspect", "nothing"],
        ["rm", "nothing"],
        ["start", "nothing"],
        ["run", "--memory", "1k", "x"],
        ["network", "rm", "no-such"],
      ];
      const outcomes: unknown[] = [];
      for (const command of commands) {
        const { code, stderr } = await docker.attempt(command);
        assert.notEqual(code, 0);
        outcomes.push({ code, stderr: stderr.split("\n")[0] });
      }
      return outcomes;
    },
  },
  {
    name: "docker update, port, and container ls with filters",
    async run({ docker, image }) {
      const port = freePorts();
      await docker.run([
        "run",
        "-d",
        "--name",
        "box",
        "--label",
        "a=b",
        "-p",
        `127.0.0.1:${port}:80`,
        image,
        "sleep",
        "1000",
      ]);
      await docker.run(["update", "--memory", "64m", "--memory-swap", "64m", "box"]);
      return [
        (await docker.run(["port", "box"])).replace(String(port), "PORT"),
        await docker.run(["container", "ls", "--filter", "label=a=b", "--format", "{{.Names}} {{.State}}"]),
        await docker.run(["inspect", "--format", "{{.HostConfig.Memory}}", "box"]),
      ];
    },
  },
  {
    name: "docker system df and the prunes",
    async run({ docker, image }) {
      await docker.run(["run", "--name", "old", image, "true"]);
      const output = await docker.run(["container", "prune", "--force"]);
      assert.match(output, /Deleted Containers/);
      await docker.run(["image", "prune", "--force"]);
      await docker.run(["system", "df", "--verbose"]);
    },
  },
  {
    name: "health checks run and show",
    async run({ docker, image }) {
      const check = ["--health-cmd", "true", "--health-interval", "500ms"];
      await docker.run(["run", "-d", "--name", "box", ...check, image, "sleep", "1000"]);
      const health = ["inspect", "--format", "{{.State.Health.Status}}", "box"];
      await eventually(async () => assert.equal(await docker.run(health), "healthy"));
    },
  },
];
