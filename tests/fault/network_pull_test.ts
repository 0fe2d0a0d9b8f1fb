/** The host is killed in the middle of a large pull that goes through it and a company's proxy. The next pull is whole. */
import assert from "node:assert/strict";
import { openCompanyLab, proxyUrl, proxyVariables } from "../support/company_network/company_lab.ts";
import { ADDRESSES } from "../support/company_network/company_network.ts";
import type { NetworkMachine } from "../support/company_network/machine.ts";
import { openSquid } from "../support/company_network/proxies.ts";
import { pushRandomImage } from "../support/company_network/registry_images.ts";
import { eventually } from "../support/eventually.ts";
import { findRole } from "../support/instance_processes.ts";
import { killProcess } from "./kill_process.ts";
import { withLogs } from "./with_logs.ts";

const IMAGE = "registry.internet.test/large:1";
/** 1 GB in all. */
const LAYERS = { count: 4, megabytes: 250 };
/** Bytes per second of the first proxy, which make the pull take half a minute. */
const SLOW = 33_000_000;
const SLOW_PORT = 3131;
/** Bytes that have arrived when the host is killed. */
const MIDDLE = 200_000_000;
/** Of a pull, with the data written and unpacked on a busy machine. */
const PULL_MILLISECONDS = 600_000;

Deno.test("kill -9 of the host in the middle of a pull of 1 GB, and the pull again", async (test) => {
  await using lab = await openCompanyLab({ env: proxyVariables() });
  const { company, docker, registry, windlass } = lab;
  const sums = await pushRandomImage(registry, LAYERS, { name: "large:1", machine: company.servers });
  await using _slow = await openSquid({
    machine: company.servers,
    address: ADDRESSES.gateway,
    port: SLOW_PORT,
    configuration: [
      "delay_pools 1",
      "delay_class 1 1",
      `delay_parameters 1 ${SLOW}/${SLOW}`,
      "delay_access 1 allow all",
    ],
  });
  await windlass.run(["settings", "set", "network.proxy", proxyUrl(undefined, SLOW_PORT)]);

  await test.step("the pull fails with a message as soon as the host is gone", () =>
    withLogs(windlass, async () => {
      const before = await bytesToMachine(company.machine);
      await using pull = docker.start(["pull", IMAGE]);
      await eventually(async () => {
        if (pull.hasEnded) return;
        const arrived = await bytesToMachine(company.machine) - before;
        assert.ok(arrived > MIDDLE, `${arrived} bytes have arrived: ${pull.output}`);
      });
      const { pid } = await findRole(windlass, "host");
      assert.equal(pull.hasEnded, false, pull.output);
      await killProcess(pid);
      assert.notEqual((await pull.ended()).code, 0);
      assert.match(pull.output, /EOF|connection|daemon/i);
    }));

  await test.step("after the next start the image is pulled whole, through another proxy", () =>
    withLogs(windlass, async () => {
      await windlass.run(["start"]);
      await windlass.run(["settings", "set", "network.proxy", "system"]);
      await docker.run(["pull", "--quiet", IMAGE], { deadlineMilliseconds: PULL_MILLISECONDS });
      const said = await docker.run(["run", "--rm", IMAGE, "sh", "-c", "sha256sum /data-*"]);
      assert.equal(said, sums);
      assert.ok((await lab.squid.requests()).includes("CONNECT registry.internet.test:443"));
    }));
});

/** Bytes that the machine has received from the company's network. */
async function bytesToMachine(machine: NetworkMachine): Promise<number> {
  const { stdout } = await machine.run(["ip", "-json", "-statistics", "link", "show", "dev", "eth0"]);
  return JSON.parse(stdout)[0].stats64.rx.bytes;
}
