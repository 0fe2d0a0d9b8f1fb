import assert from "node:assert/strict";
import { withOwnNames } from "./hosts_file.ts";

const OWN = "10.9.9.5\thost.docker.internal gateway.docker.internal";

Deno.test("withOwnNames() puts our names ahead, once", () => {
  const once = withOwnNames("127.0.0.1\tlocalhost\n", "10.9.9.5");
  assert.equal(once, `${OWN}\n127.0.0.1\tlocalhost\n`);
  assert.equal(withOwnNames(once, "10.9.9.5"), once);
  assert.equal(withOwnNames(withOwnNames(once, "10.1.1.5"), "10.9.9.5"), once);
  assert.equal(withOwnNames("", "10.9.9.5"), `${OWN}\n`);
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
    withOwnNames(windows, "10.9.9.5"),
    [
      OWN,
      "# Added by another product",
      "127.0.0.1\tkubernetes.docker.internal # two",
      "",
      "10.0.0.1 build.example.test",
    ].join("\n"),
  );
});
