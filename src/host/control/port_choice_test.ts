import assert from "node:assert/strict";
import { DYNAMIC_PORTS, portChoiceOf, refusedPortIn } from "./port_choice.ts";

Deno.test("portChoiceOf() distinguishes what dockerd chooses from what the user has named", () => {
  const choice = portChoiceOf({
    HostConfig: {
      PortBindings: {
        "80/tcp": [{ HostPort: "" }, { HostPort: "8080" }],
        "81/tcp": [{ HostPort: "0" }],
        "53/udp": [{ HostPort: "18000-18010" }],
        "54": null,
        "9/sctp": [{ HostPort: "" }],
      },
    },
  });
  assert.deepEqual(choice.ranges, [
    { protocol: "tcp", ...DYNAMIC_PORTS },
    { protocol: "udp", first: 18_000, last: 18_010 },
  ]);
  assert.deepEqual([...choice.named], ["tcp 8080"]);
});

Deno.test("portChoiceOf() has both protocols for a container that publishes all, and nothing for one that does not", () => {
  const { ranges } = portChoiceOf({ HostConfig: { PublishAllPorts: true, PortBindings: null } });
  assert.deepEqual(ranges.map(({ protocol }) => protocol), ["tcp", "udp"]);
  assert.deepEqual(portChoiceOf({}), { ranges: [], named: new Set() });
});

const START =
  "failed to set up container networking: driver failed programming external connectivity on endpoint q: ";
const PROXY = "failed to start userland proxy for port mapping 0.0.0.0:32769:172.17.0.2:80/tcp: ";

for (
  const [refusal, port] of [
    [`${START}${PROXY}Cannot publish 0.0.0.0:32769/tcp: 'x' (process id 1) holds the port`, "tcp 32769"],
    [`${START}${PROXY}Cannot publish [::]:32769/udp: Windows has reserved the ports 1 to 9`, "udp 32769"],
    [
      `${START}failed to bind host port for 0.0.0.0:32771:172.17.0.3:80/tcp: address already in use`,
      "tcp 32771",
    ],
    [`${START}failed to bind host port for [::]:32771:[fd00::3]:80/udp: address already in use`, "udp 32771"],
    [`${START}failed to bind host port 0.0.0.0:32771/tcp: address already in use`, "tcp 32771"],
    [`${START}failed to bind host port for 0.0.0.0::172.17.0.3:80/tcp: address already in use`, "tcp chosen"],
    [`${START}failed to bind host port for [::]::[fd00::3]:80/udp: address already in use`, "udp chosen"],
    [
      `${START}failed to bind host port for 0.0.0.0:18000-18010:172.17.0.3:80/tcp: address already in use`,
      "tcp 18000",
    ],
    [`${START}${PROXY}Cannot publish 10.1.1.1:80/tcp: this machine has no address 10.1.1.1`, undefined],
    ["exec: no such file or directory", undefined],
  ] as const
) {
  Deno.test(`refusedPortIn() finds ${port ?? "no port"} in '...${refusal.slice(-50)}'`, () => {
    const found = refusedPortIn(JSON.stringify({ message: refusal }));
    assert.equal(found && `${found.protocol} ${found.port ?? "chosen"}`, port);
  });
}
