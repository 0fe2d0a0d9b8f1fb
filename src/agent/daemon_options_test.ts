import assert from "node:assert/strict";
import { agentCommand, complaint, DaemonOptions } from "./daemon_options.ts";

const BASE = '{"data-root":"/data"}';
const OPTIONS = { "log-opts": { "max-size": "1m" } };
const WITH = { text: '{"data-root":"/data","log-opts":{"max-size":"1m"}}', file: "/run/daemon.json" };
const WITHOUT = { text: BASE };

function optionsOf(refusal?: string, options: Record<string, unknown> = OPTIONS) {
  const checked: string[] = [];
  const subject = new DaemonOptions(options, {
    file: WITH.file,
    check: (text) => {
      checked.push(text);
      return Promise.resolve(refusal);
    },
  });
  return { subject, checked };
}

Deno.test("DaemonOptions adds what the user wants to what the distro says", async () => {
  const { subject, checked } = optionsOf();
  assert.deepEqual(await subject.next(BASE), WITH);
  subject.answered();
  assert.deepEqual(await subject.next(""), { ...WITH, text: JSON.stringify(OPTIONS) });
  assert.equal(subject.problem, undefined);
  assert.equal(checked.length, 2);
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

Deno.test("agentCommand() hands over any text in plain characters", () => {
  assert.deepEqual(agentCommand("/agent", {}), ["/agent"]);
  assert.deepEqual(agentCommand("/agent", { a: 'é\n"\u{1f433}' }), [
    "/usr/bin/env",
    'WINDLASS_DAEMON_OPTIONS={"a":"\\u00e9\\n\\"\\ud83d\\udc33"}',
    "/agent",
  ]);
});

Deno.test("complaint() is what dockerd says, without the words around it", () => {
  assert.equal(
    complaint(
      "unable to configure the Docker daemon with file /run/x.json: the following directives don't match any configuration option: nonsense\n",
    ),
    "the following directives don't match any configuration option: nonsense",
  );
  assert.equal(complaint("warning: a\nfailed: b\n"), "failed: b");
  assert.equal(complaint(""), "dockerd refuses it without a word");
});
