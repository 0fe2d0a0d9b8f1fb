import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { freePorts } from "../../support/free_ports.ts";
import type { CaseContext, ClientCase } from "../client_case.ts";

/** A web server in a container, with a page that says hello. */
const SERVER = "echo hello > /root/index.html; exec httpd -f -p 80 -h /root";

/** Networks inside the engine. */
export const NETWORK_CASES: readonly ClientCase[] = [
  {
    name: "containers of one network find each other by name",
    async run(context) {
      const { docker, image } = context;
      await docker.run(["network", "create", "together"]);
      try {
        await docker.run(["run", "-d", "--name", "web", "--network", "together", image, "sh", "-c", SERVER]);
        assert.equal(await fetchInside(context, "together", "http://web/"), "hello");
        const members = "{{range .Containers}}{{.Name}}{{end}}";
        assert.equal(await docker.run(["network", "inspect", "--format", members, "together"]), "web");
      } finally {
        await docker.attempt(["rm", "--force", "web"]);
        await docker.run(["network", "rm", "together"]);
      }
    },
  },
  {
    name: "a published port answers in the engine's network",
    async run(context) {
      const { docker, image } = context;
      const port = freePorts();
      await docker.run(["run", "-d", "--name", "web", "-p", `${port}:80`, image, "sh", "-c", SERVER]);
      assert.equal(await fetchInside(context, "host", `http://127.0.0.1:${port}/`), "hello");
      assert.match(await docker.run(["port", "web", "80"]), new RegExp(`:${port}$`, "m"));
    },
  },
  {
    name: "a published port that is taken is refused",
    async run({ docker, image }) {
      const port = `${freePorts()}:80`;
      await docker.run(["run", "-d", "--name", "first", "-p", port, image, "sleep", "1000"]);
      const { code, stderr } = await docker.attempt(["run", "--rm", "-p", port, image, "true"]);
      assert.equal(code, 125);
      assert.match(stderr, /port is already allocated/);
    },
  },
  {
    name: "networks connect and disconnect while a container runs",
    async run({ docker, image }) {
      await docker.run(["network", "create", "extra"]);
      try {
        await docker.run(["run", "-d", "--name", "box", image, "sleep", "1000"]);
        const interfaces = () => docker.run(["exec", "box", "ls", "/sys/class/net"]);
        await docker.run(["network", "connect", "extra", "box"]);
        const connected = await interfaces();
        await docker.run(["network", "disconnect", "extra", "box"]);
        assert.match(connected, /eth1/);
        assert.doesNotMatch(await interfaces(), /eth1/);
      } finally {
        await docker.attempt(["rm", "--force", "box"]);
        await docker.run(["network", "rm", "extra"]);
      }
    },
  },
];

async function fetchInside({ docker, image }: CaseContext, network: string, url: string): Promise<string> {
  return await eventually(() =>
    docker.run(["run", "--rm", "--network", network, image, "wget", "-q", "-O", "-", "-T", "3", url])
  );
}
