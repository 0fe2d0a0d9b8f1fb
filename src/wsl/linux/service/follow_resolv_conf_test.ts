import assert from "node:assert/strict";
import { ResolvConfFollower } from "./follow_resolv_conf.ts";

Deno.test("ResolvConfFollower writes at first and after a change of the host, and nothing in between", async () => {
  const host: Record<string, string> = { "/etc/resolv.conf": "nameserver 10.0.0.1\n" };
  const written: string[] = [];
  let fails = false;
  const follower = new ResolvConfFollower({
    read: (path) => Promise.resolve(host[path] ?? null),
    write: (text) => {
      if (fails) return Promise.reject(new Error("no space"));
      written.push(text);
      return Promise.resolve();
    },
  });
  const servers = () => written.map((text) => /nameserver (\S+)/.exec(text)?.[1]);
  await follower.update();
  await follower.update();
  assert.deepEqual(servers(), ["10.0.0.1"]);

  host["/etc/resolv.conf"] = "nameserver 127.0.0.53\n";
  host["/run/systemd/resolve/resolv.conf"] = "nameserver 10.8.0.1\n"; // a VPN
  fails = true;
  await assert.rejects(follower.update());
  fails = false;
  await follower.update();
  assert.deepEqual(servers(), ["10.0.0.1", "10.8.0.1"]);

  delete host["/etc/resolv.conf"];
  await follower.update();
  assert.equal(written.length, 2);
});
