import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { freePorts } from "../../support/free_ports.ts";
import type { ClientCase } from "../client_case.ts";

/** An application of three services: a page maker, a web server that needs it, and a client of that. */
function composeFile(image: string, port: number): string {
  return JSON.stringify({
    name: "three",
    services: {
      pages: {
        image,
        command: ["sh", "-c", "echo hello > /pages/index.html; sleep 1000"],
        volumes: ["pages:/pages"],
        healthcheck: { test: ["CMD", "test", "-e", "/pages/index.html"], interval: "200ms", retries: 50 },
        stop_grace_period: "0s",
      },
      web: {
        build: { context: ".", args: { BASE: image } },
        volumes: ["pages:/pages:ro", "./host:/host"],
        ports: [`${port}:80`],
        depends_on: { pages: { condition: "service_healthy" } },
        stop_grace_period: "0s",
      },
      client: {
        image,
        command: ["sh", "-c", "while ! wget -q -O - http://web/; do sleep 0.1; done; sleep 1000"],
        depends_on: ["web"],
        stop_grace_period: "0s",
      },
    },
    volumes: { pages: {} },
  });
}

/** Docker Compose. */
export const COMPOSE_CASES: readonly ClientCase[] = [
  {
    name: "docker compose: an application of three services from up to down",
    async run({ docker, image, folder }) {
      const port = freePorts();
      await Deno.writeTextFile(join(folder, "compose.yaml"), composeFile(image, port));
      const dockerfile = 'ARG BASE\nFROM ${BASE}\nCMD ["httpd", "-f", "-p", "80", "-h", "/pages"]\n';
      await Deno.writeTextFile(join(folder, "Dockerfile"), dockerfile);
      await Deno.mkdir(join(folder, "host"));
      await Deno.writeTextFile(join(folder, "host", "file"), "from the host\n");
      const compose = (line: string) => docker.shell(`docker compose ${line}`, { cwd: folder });

      await compose("up --detach --build --quiet-pull");
      const states = await compose("ps --format '{{.Service}} {{.State}}' | sort");
      assert.equal(states, "client running\npages running\nweb running");
      await eventually(async () => assert.match(await compose("logs client"), /hello/));
      assert.equal(await compose("exec -T web cat /host/file"), "from the host");
      assert.equal(await compose("exec -T client sh -c 'echo $((40 + 2))'"), "42");
      assert.match(await compose("port web 80"), new RegExp(`:${port}$`));

      // What it finds of its containers' host paths must not look like a change to it.
      const running = await compose("ps --quiet");
      await compose("up --detach");
      assert.equal(await compose("ps --quiet"), running);

      await using followed = docker.start([
        "compose",
        "--file",
        join(folder, "compose.yaml"),
        "logs",
        "--follow",
      ]);
      await followed.waitFor(/hello/);
      await compose("restart --timeout 0 client");
      await compose("down --volumes --rmi local --timeout 0");
      assert.equal(await docker.run(["ps", "--all", "--quiet"]), "");
      assert.equal(await docker.run(["volume", "ls", "--quiet", "--filter", "name=three_pages"]), "");
    },
  },
  {
    name: "docker compose run joins stdin and passes the exit code on",
    async run({ docker, image, folder }) {
      await Deno.writeTextFile(join(folder, "compose.yaml"), composeFile(image, freePorts()));
      // Not 'cat': dockerd loses the end of input at times, see answerToInput().
      const reader = `sh -c 'read word; echo "said $word"'`;
      const piped = `echo piped | docker compose run --rm --no-deps -T pages ${reader}`;
      assert.equal(await docker.shell(piped, { cwd: folder }), "said piped");
      const line = "docker compose run --rm --no-deps -T pages sh -c 'exit 12' || echo code-$?";
      assert.equal(await docker.shell(line, { cwd: folder }), "code-12");
      await docker.shell("docker compose down --volumes", { cwd: folder });
    },
  },
];
