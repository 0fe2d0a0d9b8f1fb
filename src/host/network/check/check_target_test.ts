import assert from "node:assert/strict";
import { checkTarget } from "./check_target.ts";

for (
  const [text, hostname, port] of [
    ["ghcr.io", "ghcr.io", 443],
    [" GHCR.io. ", "ghcr.io", 443],
    ["localhost:5000", "localhost", 5000],
    ["10.1.2.3:5000", "10.1.2.3", 5000],
    ["[fd00::1]:5000", "fd00::1", 5000],
    ["[::1]", "::1", 443],
    ["https://quay.io/v2/", "quay.io", 443],
    ["http://registry.example.com/v2/", "registry.example.com", 80],
    ["ghcr.io/owner/image:tag", "ghcr.io", 443],
    ["docker.io", "registry-1.docker.io", 443],
    ["bücher.example", "xn--bcher-kva.example", 443],
  ] as const
) {
  Deno.test(`checkTarget() reads '${text}'`, () => {
    assert.deepEqual(checkTarget(text), { hostname, port });
  });
}

Deno.test("checkTarget() repeats no password", () => {
  assert.throws(() => checkTarget("https://user:secret@host"), {
    code: "WL_NETWORK_HOST_INVALID",
    message: "Cannot check the host: it is not the name of a host",
  });
});

for (const text of ["", " ", "a b", "host:port", "host:0", "host:70000", "::1", "ftp://host", "a\\b"]) {
  Deno.test(`checkTarget() refuses '${text}'`, () => {
    assert.throws(() => checkTarget(text), {
      code: "WL_NETWORK_HOST_INVALID",
      message: `Cannot check '${text}': it is not the name of a host`,
    });
  });
}
