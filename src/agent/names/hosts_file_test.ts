import assert from "node:assert/strict";
import { networkAddresses } from "../network/network_addresses.ts";
import { withOwnNames } from "./hosts_file.ts";
import { type OwnNames, ownNames } from "./own_names.ts";

const OWN = "10.9.9.5\thost.docker.internal gateway.docker.internal\n10.9.9.6\thttp.docker.internal";
const NAMES = namesIn("10.9.9");

Deno.test("withOwnNames() puts our names ahead, once", () => {
  const once = withOwnNames("127.0.0.1\tlocalhost\n", NAMES);
  assert.equal(once, `${OWN}\n127.0.0.1\tlocalhost\n`);
  assert.equal(withOwnNames(once, NAMES), once);
  assert.equal(withOwnNames(withOwnNames(once, namesIn("10.1.1")), NAMES), once);
  assert.equal(withOwnNames("", NAMES), `${OWN}\n`);
});

Deno.test("withOwnNames() takes over the names from other entries, and leaves everything else", () => {
  const windows = [
    "# Added by another product",
    "192.168.1.20 host.docker.internal",
    "192.168.1.20 gateway.docker.internal # old",
    "127.0.0.1 kubernetes.docker.internal Host.Docker.Internal # two",
    "",
    "10.0.0.1 build.example.test",
  ].join("\n");
  assert.equal(
    withOwnNames(windows, NAMES),
    [
      OWN,
      "# Added by another product",
      "127.0.0.1\tkubernetes.docker.internal # two",
      "",
      "10.0.0.1 build.example.test",
    ].join("\n"),
  );
});

function namesIn(network: string): OwnNames {
  return ownNames(networkAddresses(network));
}
