import assert from "node:assert/strict";
import { formatApiAddress } from "../client/api_address.ts";
import { hostClient } from "./host_client.ts";
import { createHome, resolveHome } from "./home.ts";
import { claimHome } from "./single_instance.ts";

Deno.test("hostClient() asks nobody while no host holds the lock, whatever the address file says", async () => {
  const root = await Deno.makeTempDir();
  try {
    const home = resolveHome({ WINDLASS_HOME: root });
    await createHome(home);
    const url = "http://127.0.0.1:9";
    const write = (pid: number) =>
      Deno.writeTextFile(home.apiAddressFile, formatApiAddress({ url, token: "0".repeat(64), pid }));
    await write(Deno.pid);
    using client = hostClient(home);
    await assert.rejects(client.status(), {
      code: "WL_HOST_NOT_RUNNING",
      message: `Cannot reach the host: no host is running for ${root}`,
    });
    using _claimed = await claimHome(home);
    await write(Deno.pid + 1);
    await assert.rejects(client.status(), {
      code: "WL_HOST_NOT_RUNNING",
      message: `Cannot reach the host: ${home.apiAddressFile} belongs to a host that has ended`,
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
