import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import type { ClientCase } from "../client_case.ts";

/** What users do on a terminal. */
export const TERMINAL_CASES: readonly ClientCase[] = [
  {
    name: "docker run -it has a terminal of the right size and ends with its shell",
    async run({ docker, image }) {
      await using shell = docker.startOnTerminal(`docker run --rm -it ${image} sh`);
      await shell.waitFor(/# /);
      // The size reaches the container by a request of its own, a moment after its start.
      await eventually(async () => {
        await shell.write("stty size; echo asked\n");
        await shell.waitFor(/\d+ \d+\r?\nasked\r?\n/);
        assert.match(shell.output, /40 100/);
      });
      await shell.write("exit 5\n");
      assert.equal((await shell.ended()).code, 5);
    },
  },
  {
    name: "docker exec -it under a pseudo terminal",
    async run({ docker, image }) {
      await docker.run(["run", "-d", "--name", "box", image, "sleep", "1000"]);
      await using shell = docker.startOnTerminal("docker exec -it box sh");
      await shell.waitFor(/# /);
      await shell.write("tty && echo is-a-$((40 + 2))\n");
      await shell.waitFor(/is-a-42/);
      assert.match(shell.output, /\/dev\/pts\/\d+/);
      await shell.write("exit 3\n");
      assert.equal((await shell.ended()).code, 3);
    },
  },
  {
    name: "docker exec -it passes Ctrl-C to the program in the container",
    async run({ docker, image }) {
      await docker.run(["run", "-d", "--name", "box", image, "sleep", "1000"]);
      await using shell = docker.startOnTerminal("docker exec -it box sh");
      await shell.waitFor(/# /);
      await shell.write("sleep 999; echo status-$?\n");
      await eventually(async () => assert.match(await docker.run(["top", "box"]), /sleep 999/));
      await shell.write("\x03");
      await shell.waitFor(/# [^]*# /);
      await shell.write("exit 0\n");
      await shell.ended();
    },
  },
  {
    name: "docker attach detaches by keys and the container continues",
    async run({ docker, image }) {
      await docker.run(["run", "-dit", "--name", "box", image, "sh"]);
      await using attached = docker.startOnTerminal("docker attach box");
      await attached.write("echo attached-$((40 + 2))\n");
      await attached.waitFor(/attached-42/);
      await attached.write("\x10\x11");
      const { code } = await attached.ended();
      assert.match(attached.output, /read escape sequence/);
      assert.equal(await docker.run(["inspect", "--format", "{{.State.Running}}", "box"]), "true");
      return code;
    },
  },
  {
    name: "docker attach detaches by keys of the user's own",
    async run({ docker, image }) {
      await docker.run(["run", "-dit", "--name", "box", image, "sh"]);
      await using attached = docker.startOnTerminal("docker attach --detach-keys ctrl-x,x box");
      await attached.write("echo attached-$((40 + 2))\n");
      await attached.waitFor(/attached-42/);
      await attached.write("\x18x");
      await attached.ended();
      assert.equal(await docker.run(["inspect", "--format", "{{.State.Running}}", "box"]), "true");
    },
  },
  {
    name: "docker attach without a terminal sees output and end of the container",
    async run({ docker, image }) {
      const script = "while ! [ -e /tmp/go ]; do echo waiting; sleep 0.1; done; echo seen; exit 4";
      await docker.run(["run", "-d", "--name", "box", image, "sh", "-c", script]);
      await using attached = docker.start(["attach", "--no-stdin", "box"]);
      await attached.closeStdin();
      await attached.waitFor(/waiting/);
      await docker.run(["exec", "box", "touch", "/tmp/go"]);
      await attached.waitFor(/seen/);
      assert.equal((await attached.ended()).code, 4);
    },
  },
  {
    name: "docker logs -f follows until Ctrl-C",
    async run({ docker, image }) {
      const script = "i=0; while true; do echo line-$i; i=$((i + 1)); sleep 0.1; done";
      await docker.run(["run", "-d", "--name", "box", image, "sh", "-c", script]);
      await using followed = docker.startOnTerminal("docker logs -f box");
      await followed.waitFor(/line-0\r?\n[^]*line-5\r?\n/);
      await followed.write("\x03");
      await followed.ended();
      assert.equal(await docker.run(["inspect", "--format", "{{.State.Running}}", "box"]), "true");
    },
  },
  {
    name: "docker logs -f ends with the container",
    async run({ docker, image }) {
      await docker.run(["run", "-d", "--name", "box", image, "sh", "-c", "echo one; sleep 1; echo two"]);
      assert.equal(await docker.run(["logs", "-f", "box"]), "one\ntwo");
    },
  },
  {
    name: "Ctrl-C ends docker run and the container with it",
    async run({ docker, image }) {
      const script = 'trap "exit 7" INT; echo up; while true; do sleep 0.1; done';
      await using run = docker.startOnTerminal(`docker run --rm --name box ${image} sh -c '${script}'`);
      await run.waitFor(/up/);
      await run.write("\x03");
      await eventually(async () => assert.equal(await docker.run(["ps", "--quiet"]), ""));
      await run.ended();
    },
  },
];
