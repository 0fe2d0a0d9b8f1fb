/** `windlass workspace` with distros of a user: what it lists, what it refuses, and what it says about each step. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Workspace, WorkspaceChange, WorkspaceList } from "../../../src/api/resources/workspaces.ts";
import type { HostEvent } from "../../../src/api/resources/events.ts";
import { WindlassClient } from "../../../src/client/windlass_client.ts";
import { eventually } from "../../support/eventually.ts";
import { oncePerFile } from "../../support/once_per_file.ts";
import { type CommandResult, runCommand } from "../../support/run_command.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import { writeBusyboxArchive } from "../../support/user_distros/busybox_archive.ts";
import { openUserDistro } from "../../support/user_distros/user_distro.ts";
import {
  openWindlassInstance,
  startWindlass,
  type WindlassInstance,
} from "../../support/windlass_instance.ts";

/** Milliseconds for an event that follows a change; the host checks distros every few seconds. */
const EVENT_MILLISECONDS = 300_000;

const windlass = oncePerFile(startWindlass);

async function listed(instance: WindlassInstance): Promise<ReadonlyMap<string, Workspace>> {
  const { workspaces } = JSON.parse(await instance.run(["workspace", "list", "--json"])) as WorkspaceList;
  return new Map(workspaces.map((workspace) => [workspace.name, workspace]));
}

/** Registers a distro that is never run. */
async function importBare(instance: WindlassInstance, name: string, version: 1 | 2) {
  const folder = join(instance.home, "user-distros");
  await Deno.mkdir(folder, { recursive: true });
  const archive = join(folder, `${name}.tar`);
  await writeBusyboxArchive(archive);
  await instance.run(["wsl", "--import", name, join(folder, name), archive, "--version", `${version}`]);
  return {
    [Symbol.asyncDispose]: async () => {
      await instance.run(["wsl", "--unregister", name]);
    },
  };
}

/** The two lines of an error. */
function refusal({ code, stderr }: CommandResult): readonly [number, string] {
  return [code, stderr];
}

Deno.test("list names each distro, says why it cannot be a workspace, and starts none", async () => {
  const instance = await windlass();
  await using _own = await openUserDistro(instance, "busybox", "Alpine");
  await using _legacy = await importBare(instance, "Ubuntu-18.04", 1);
  await using _desktop = await importBare(instance, "docker-desktop", 2);
  await using _rancher = await importBare(instance, "rancher-desktop-data", 2);
  await using _podman = await importBare(instance, "podman-machine-default", 2);
  await using _lima = await importBare(instance, "lima-default", 2);
  const running = await instance.run(["wsl", "--list", "--running", "--quiet"]);
  const distros = await listed(instance);
  assert.deepEqual(distros.get("Alpine"), {
    name: "Alpine",
    isDefault: distros.get("Alpine")?.isDefault,
    state: "stopped",
    enabled: false,
    ineligible: null,
    found: null,
    problems: [],
  });
  for (
    const [name, state] of [
      ["Ubuntu-18.04", "it runs on WSL 1, whose kernel has no containers"],
      ["docker-desktop", "it is a part of Docker Desktop"],
      ["rancher-desktop-data", "it is a part of Rancher Desktop"],
      ["podman-machine-default", "it is a part of Podman"],
      ["lima-default", "it is a part of Lima"],
    ]
  ) {
    const { ineligible } = distros.get(name!)!;
    assert.equal(ineligible?.message, `Cannot use the distro '${name}' as a workspace: ${state}`);
    assert.deepEqual(refusal(await instance.attempt(["workspace", "enable", name!])), [
      1,
      `windlass: ${ineligible?.message}\n  WL_WORKSPACE_INELIGIBLE: ${ineligible?.remedy}\n`,
    ]);
  }
  for (const [name, { ineligible }] of distros) {
    if (name.startsWith("windlass")) assert.match(ineligible?.message ?? "", /it is a part of Windlass$/);
  }
  assert.equal([...distros.keys()].filter((name) => name.startsWith("windlass")).length, 2);
  assert.equal(await instance.run(["wsl", "--list", "--running", "--quiet"]), running);
  const text = await instance.run(["workspace", "list"]);
  assert.match(text, /^Alpine: off$/m);
  assert.match(
    text,
    /^Ubuntu-18\.04: cannot be a workspace\n {4}It runs on WSL 1, whose kernel has no containers\n/m,
  );
});

Deno.test("a name that no distro has is refused with the one that was probably meant", async () => {
  const instance = await windlass();
  await using _own = await openUserDistro(instance, "busybox", "Alpine-3.22");
  for (const verb of ["enable", "check", "disable"]) {
    const { code, stderr } = await instance.attempt(["workspace", verb, "alpine"]);
    assert.deepEqual([code, stderr], [
      1,
      "windlass: Cannot find the distro 'alpine': there is no such distro\n" +
      "  WL_WORKSPACE_UNKNOWN: Use the name 'Alpine-3.22', if that is the one; 'windlass workspace list' shows all.\n",
    ]);
  }
  const { stderr } = await instance.attempt(["workspace", "enable", "Fedora"]);
  assert.equal(
    stderr,
    "windlass: Cannot find the distro 'Fedora': there is no such distro\n" +
      "  WL_WORKSPACE_UNKNOWN: Run 'windlass workspace list' to see the distros of this machine.\n",
  );
});

Deno.test("enable, check and disable say what they have done, in any case of the name, and again", async () => {
  const instance = await windlass();
  await using distro = await openUserDistro(instance, "busybox", "Gentoo");
  await using _running = distro.start(["/bin/sleep", "infinity"]); // what is found is shown of distros that run
  const setting = () => instance.run(["settings", "get", "workspaces"]);

  assert.match(await instance.run(["workspace", "enable", "GENTOO"]), /^Gentoo is on/);
  assert.equal(await setting(), '["Gentoo"]');
  assert.match(await distro.run(["docker", "version", "--format", "{{.Server.Os}}"]), /^linux$/);
  const again = JSON.parse(
    await instance.run(["workspace", "enable", "Gentoo", "--json"]),
  ) as WorkspaceChange;
  assert.ok(again.steps.length > 0);
  assert.deepEqual(again.steps.filter(({ outcome }) => outcome !== "kept"), []);

  const checked = JSON.parse(await instance.run(["workspace", "check", "gentoo", "--json"])) as Workspace;
  assert.deepEqual([checked.enabled, checked.found?.socket, checked.found?.docker], [true, "ours", "ours"]);
  const text = await instance.run(["workspace", "check", "Gentoo"]);
  assert.match(text, /^Gentoo: on, running.*\n {4}Socket {3}\/var\/run\/docker\.sock leads to Windlass$/m);

  await distro.run(["/bin/rm", "/usr/local/bin/docker"], { user: "root" });
  const broken = (await listed(instance)).get("Gentoo")!;
  assert.deepEqual(broken.problems.map(({ code }) => code), ["WL_WORKSPACE_INCOMPLETE"]);
  await instance.run(["workspace", "enable", "Gentoo"]);
  assert.deepEqual((await listed(instance)).get("Gentoo")?.problems, []);

  assert.equal(
    await instance.run(["workspace", "disable", "gentoo"]),
    "Gentoo is off, and nothing of Windlass is left in it",
  );
  assert.equal(await setting(), "[]");
  assert.equal((await instance.attempt(["workspace", "disable", "Gentoo"])).code, 0);
});

Deno.test("the status, the events and the names for completions follow, and no report has the socket's name", async () => {
  const instance = await windlass();
  await using _distro = await openUserDistro(instance, "busybox", "Slackware");
  using client = await WindlassClient.connect({ addressFile: join(instance.home, "api.json") });
  const events = client.events({ signal: AbortSignal.timeout(EVENT_MILLISECONDS) });
  assert.equal((await events.next()).value?.type, "status");
  await client.workspaces.enable("Slackware");
  assert.ok(await firstEvent(events, (event) => isOn(event, "Slackware")));
  assert.match(await instance.run(["status"]), /^Workspaces {3}Slackware, /m);
  assert.deepEqual((await instance.run(["workspace", "names"])).split("\n"), ["Slackware"]);

  const { workspaces } = JSON.parse(await Deno.readTextFile(join(instance.home, "workspaces.json")));
  const { token } = workspaces["Slackware"] as { token: string };
  assert.match(token, /^[0-9a-f]{32}$/);
  await using folder = await openTemporaryFolder("windlass-diagnose");
  await instance.run(["diagnose", "--output", "out.zip"], { cwd: folder.path });
  await runCommand(["python3", "-m", "zipfile", "-e", "out.zip", "out"], { cwd: folder.path });
  const found = await runCommand(["grep", "-rlE", token, "out", join(instance.home, "logs")], {
    cwd: folder.path,
  });
  assert.equal(found.stdout, "");
  assert.match(await Deno.readTextFile(join(folder.path, "out", "workspaces.json")), /"Slackware"/);
  await client.workspaces.disable("Slackware");
});

Deno.test("the setting alone switches distros on and off", async () => {
  const instance = await windlass();
  await using distro = await openUserDistro(instance, "busybox", "NixOS");
  await using _running = distro.start(["/bin/sleep", "infinity"]);
  using client = await WindlassClient.connect({ addressFile: join(instance.home, "api.json") });
  await instance.run(["settings", "set", "workspaces", "NixOS,not-yet-there"]);
  const distros = await listed(instance);
  assert.deepEqual([distros.get("NixOS")?.enabled, distros.get("not-yet-there")?.state], [true, "missing"]);
  await eventually(async () => assert.deepEqual((await client.workspaces.check("NixOS")).problems, []));
  await instance.run(["settings", "reset", "workspaces"]);
  await eventually(async () => assert.equal(await distro.script("ls /usr/local 2>/dev/null || true"), ""));
});

Deno.test("a policy that locks the setting refuses a change before anything is placed", async () => {
  await using instance = await openWindlassInstance();
  await using distro = await openUserDistro(instance, "busybox", "Void");
  await using overlay = await openTemporaryFolder("windlass-policy");
  await Deno.mkdir(join(overlay.path, "upper"));
  await Deno.mkdir(join(overlay.path, "work"));
  // In a mount namespace of its own: other hosts on this machine must not see the policy.
  const { code, stderr } = await runCommand([
    "unshare",
    "--mount",
    "sh",
    "-c",
    'mount -t overlay -o lowerdir=/etc,upperdir="$1/upper",workdir="$1/work" none /etc && ' +
    'mkdir -p /etc/windlass && printf %s "$2" > /etc/windlass/policy.json && shift 2 && exec "$@"',
    "sh",
    overlay.path,
    '{"locked":{"workspaces":[]}}',
    instance.executable,
    "workspace",
    "enable",
    "Void",
  ], { env: { WINDLASS_HOME: instance.home }, deadlineMilliseconds: EVENT_MILLISECONDS });
  assert.deepEqual([code, stderr], [
    1,
    "windlass: Cannot change 'workspaces': the policy '/etc/windlass/policy.json' locks it\n" +
    "  WL_SETTING_LOCKED: Ask your administrator; 'windlass settings list' shows what is locked.\n",
  ]);
  assert.equal(await distro.script("ls /usr/local 2>/dev/null || true"), "");
});

function isOn(event: HostEvent, name: string): boolean {
  return event.type === "workspaces" && event.workspaces.some((workspace) => workspace.name === name);
}

/** Reads events until there is such a one. */
async function firstEvent(events: AsyncIterable<HostEvent>, isWanted: (event: HostEvent) => boolean) {
  for await (const event of events) if (isWanted(event)) return event;
  return undefined;
}
