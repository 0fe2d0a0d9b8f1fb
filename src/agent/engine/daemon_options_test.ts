import assert from "node:assert/strict";
import { networkAddresses } from "../network/network_addresses.ts";
import { complaint, DaemonOptions } from "./daemon_options.ts";

const BASE = '{"data-root":"/data"}';
const OPTIONS = { "log-opts": { "max-size": "1m" } };
const WITH = {
  text: '{"data-root":"/data","log-opts":{"max-size":"1m"}}',
  file: "/run/daemon.json",
  nameServers: [],
};
const WITHOUT = { text: BASE, nameServers: [] };

function optionsOf(refusal?: string, options: Record<string, unknown> = OPTIONS) {
  const checked: string[] = [];
  const written: string[] = [];
  const subject = new DaemonOptions(options, networkAddresses("10.0.0"), {
    file: WITH.file,
    write: (text) => written.push(text),
    check: (text) => {
      checked.push(text);
      return Promise.resolve(refusal);
    },
  });
  return { subject, checked, written };
}

Deno.test("DaemonOptions adds what the user wants to what the distro says", async () => {
  const { subject, checked } = optionsOf();
  assert.deepEqual(await subject.next(BASE), WITH);
  subject.answered();
  assert.deepEqual(await subject.next(""), { ...WITH, text: JSON.stringify(OPTIONS) });
  assert.equal(subject.problem, undefined);
  assert.equal(checked.length, 2);
});

Deno.test("DaemonOptions keeps the user's name servers for the agent, after dockerd has checked them", async () => {
  const options = { dns: ["9.9.9.9"], debug: true };
  const { subject, checked, written } = optionsOf(undefined, options);
  const text = '{"data-root":"/data","debug":true}';
  assert.deepEqual(await subject.next(BASE), { text, file: WITH.file, nameServers: ["9.9.9.9"] });
  assert.deepEqual(checked, ['{"data-root":"/data","dns":["9.9.9.9"],"debug":true}']);
  assert.deepEqual(written, [text]);
});

Deno.test("DaemonOptions adds the machine's registries to those that the user lists", async () => {
  const { subject, written } = optionsOf(undefined, { "insecure-registries": ["registry.test:5000"] });
  const { text, nameServers } = await subject.next("{}");
  assert.equal(text, '{"insecure-registries":["registry.test:5000","10.0.0.5/32"]}');
  assert.deepEqual([written, nameServers], [[text], []]);
});

Deno.test("DaemonOptions leaves the name servers to dockerd where the agent serves no names", async () => {
  const file = "/run/daemon.json";
  const subject = new DaemonOptions({ dns: ["9.9.9.9"] }, undefined, {
    file,
    write: () => assert.fail("nothing is to be written again"),
    check: () => Promise.resolve(undefined),
  });
  assert.deepEqual(await subject.next("{}"), { text: '{"dns":["9.9.9.9"]}', file, nameServers: [] });
});

Deno.test("DaemonOptions asks nobody where there are none", async () => {
  const { subject, checked } = optionsOf("refused", {});
  assert.deepEqual(await subject.next(BASE), WITHOUT);
  assert.equal(checked.length, 0);
});

Deno.test("DaemonOptions keeps away what dockerd refuses, and asks once", async () => {
  const { subject, checked } = optionsOf("unknown: nonsense");
  assert.deepEqual(await subject.next(BASE), WITHOUT);
  subject.answered();
  assert.deepEqual(await subject.next(BASE), WITHOUT);
  assert.equal(subject.problem, "unknown: nonsense");
  assert.equal(checked.length, 1);
});

Deno.test("DaemonOptions gives up options with which dockerd does not start, if it does without", async () => {
  const { subject } = optionsOf();
  assert.deepEqual(await subject.next(BASE), WITH);
  subject.failed("status 1: no such driver");
  assert.equal(subject.suspected, true);
  assert.deepEqual(await subject.next(BASE), WITHOUT);
  assert.equal(subject.problem, undefined); // not proven yet
  subject.answered();
  assert.equal(subject.problem, "dockerd does not start with it: status 1: no such driver");
  assert.equal(subject.suspected, false);
  assert.deepEqual(await subject.next(BASE), WITHOUT);
});

Deno.test("DaemonOptions does not blame options where dockerd fails without them too", async () => {
  const { subject } = optionsOf();
  for (let round = 0; round < 3; round++) {
    assert.deepEqual(await subject.next(BASE), WITH);
    subject.failed("signal SIGKILL");
    assert.deepEqual(await subject.next(BASE), WITHOUT);
    subject.failed("signal SIGKILL");
  }
  assert.deepEqual(await subject.next(BASE), WITH);
  subject.answered();
  assert.equal(subject.problem, undefined);
});

Deno.test("complaint() is what dockerd says, without the words around it", () => {
  assert.equal(
    complaint(
      "unable to configure the Docker daemon with file /run/x.json: the following directives don't match any configuration option: nonsense\n",
    ),
    "the following directives don't match any configuration option: nonsense",
  );
  assert.equal(complaint("warning: a\nfailed: b\n"), "failed: b");
  assert.equal(complaint(""), "dockerd refuses it without giving a reason");
});
