import assert from "node:assert/strict";
import { sharedResolvConf } from "./resolvers.ts";

const HEAD = "# Written by wsl for all distributions.\n";

Deno.test("sharedResolvConf() keeps resolvers that distros can reach, and the search list", () => {
  const host = "# mine\nnameserver 10.1.1.1\nnameserver 127.0.0.1\nsearch example.test\noptions ndots:2\n";
  assert.equal(
    sharedResolvConf(host, "nameserver 10.9.9.9\n"),
    `${HEAD}nameserver 10.1.1.1\nsearch example.test\noptions ndots:2\n`,
  );
});

Deno.test("sharedResolvConf() looks behind a resolver on the loopback", () => {
  const behind = "nameserver 10.9.9.9\nnameserver fe80::1%2\nsearch lan\n";
  assert.equal(
    sharedResolvConf("nameserver 127.0.0.53\noptions edns0\n", behind),
    `${HEAD}nameserver 10.9.9.9\nsearch lan\n`,
  );
});

Deno.test("sharedResolvConf() falls back to public resolvers", () => {
  assert.equal(
    sharedResolvConf("nameserver ::1\n", null),
    `${HEAD}nameserver 1.1.1.1\nnameserver 8.8.8.8\n`,
  );
});
