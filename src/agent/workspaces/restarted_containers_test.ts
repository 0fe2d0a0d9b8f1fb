import assert from "node:assert/strict";
import { isRestarted, readWorkspacesOnDisk } from "./restarted_containers.ts";

const ROOT = "/run/windlass/workspaces";

Deno.test("isRestarted() follows the policy as dockerd does", () => {
  const policy = (Name: string) => ({ RestartPolicy: { Name, MaximumRetryCount: 0 } });
  const stopped = { HasBeenManuallyStopped: true, State: { Running: false, ExitCode: 0 } };
  const failed = { HasBeenManuallyStopped: false, State: { Running: false, ExitCode: 137 } };
  const running = { HasBeenManuallyStopped: false, State: { Running: true, ExitCode: 0 } };
  const starts = (name: string) => [stopped, failed, running].map((each) => isRestarted(policy(name), each));
  assert.deepEqual(starts("always"), [true, true, true]);
  assert.deepEqual(starts("unless-stopped"), [false, true, true]);
  assert.deepEqual(starts("on-failure"), [false, true, true]);
  assert.deepEqual(starts("no"), [false, false, false]);
  assert.deepEqual(starts(""), [false, false, false]);
  assert.equal(isRestarted({}, running), false);
});

Deno.test("readWorkspacesOnDisk() finds what restarted containers need, past damaged files", async () => {
  const docker = await Deno.makeTempDir();
  try {
    assert.deepEqual(await readWorkspacesOnDisk(docker), { restarted: new Set(), all: new Set() });
    const add = async (id: string, config: unknown, hostConfig: unknown) => {
      await Deno.mkdir(`${docker}/containers/${id}`, { recursive: true });
      const text = (value: unknown) => typeof value === "string" ? value : JSON.stringify(value);
      await Deno.writeTextFile(`${docker}/containers/${id}/config.v2.json`, text(config));
      await Deno.writeTextFile(`${docker}/containers/${id}/hostconfig.json`, text(hostConfig));
    };
    const bind = (name: string) => ({
      MountPoints: { "/w": { Type: "bind", Source: `${ROOT}/${name}/src` } },
    });
    await Deno.mkdir(`${docker}/volumes/code`, { recursive: true });
    await Deno.writeTextFile(
      `${docker}/volumes/code/opts.json`,
      JSON.stringify({ MountType: "none", MountOpts: "bind", MountDevice: `${ROOT}/Alpine/x` }),
    );
    const always = { RestartPolicy: { Name: "always" } };
    await add("1", bind("Ubuntu"), always);
    await add("2", bind("Debian"), { RestartPolicy: { Name: "no" } });
    await add("3", "{", always);
    await add("4", bind("Fedora"), "nonsense");
    await add("5", { MountPoints: { "/w": { Type: "volume", Name: "code", Driver: "local" } } }, always);
    await Deno.writeTextFile(`${docker}/containers/stray`, "");
    const found = await readWorkspacesOnDisk(docker);
    assert.deepEqual([...found.restarted].sort(), ["Alpine", "Ubuntu"]);
    assert.deepEqual([...found.all].sort(), ["Alpine", "Debian", "Fedora", "Ubuntu"]);
  } finally {
    await Deno.remove(docker, { recursive: true });
  }
});
