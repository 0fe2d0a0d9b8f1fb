import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { openVariantMaker } from "../../support/executable_variant.ts";
import { HIVES_OF_PROGRAMS, machineState, NO_CHANGES, stateChanges } from "../support/machine_state.ts";
import { Scoop, Winget } from "../support/package_managers.ts";
import { openReleaseDownloads } from "../support/release_downloads.ts";
import { readShellLink } from "../support/shell_link_file.ts";
import {
  openWindowsInstance,
  START_MILLISECONDS,
  windowsExecutable,
  type WindowsInstance,
} from "../support/windows_instance.ts";
import type { Wine } from "../support/wine.ts";

const USER = "Jo Müller";
const PROFILE = `C:\\users\\${USER}`;
const FOLDER = `${PROFILE}\\AppData\\Local\\Programs\\Windlass`;
const PROGRAM = `${FOLDER}\\windlass.exe`;
const MENU = "AppData/Roaming/Microsoft/Windows/Start Menu/Programs";
const NEWER = "9.9.9";
/** The script that removes the program waits for its end in steps of a second. */
const END_MILLISECONDS = 120_000;

/** A PATH with variables in it, and with a semicolon at its end: it must come back to the letter. */
const USERS_PATH = "%USERPROFILE%\\bin;C:\\Tools;";

async function setUserPath(wine: Wine): Promise<void> {
  const bytes = [...`${USERS_PATH}\0`].flatMap((character) => {
    const unit = character.charCodeAt(0);
    return [unit & 0xff, unit >> 8].map((byte) => byte.toString(16).padStart(2, "0"));
  });
  await wine.importRegistry(`[HKEY_CURRENT_USER\\Environment]\r\n"PATH"=hex(2):${bytes.join(",")}\r\n`);
}

/** The text of the user's PATH as it is stored, and whether it is of the type that has variables. */
async function userPath(wine: Wine): Promise<{ text: string; expand: boolean } | undefined> {
  const text = (await wine.exportRegistry("HKEY_CURRENT_USER\\Environment")).replaceAll("\\\n  ", "");
  const [, plain, hex] = /^"path"=(?:"(.*)"|hex\(2\):(.*))$/im.exec(text) ?? [];
  if (hex !== undefined) {
    const bytes = new Uint8Array(hex.split(",").map((byte) => Number.parseInt(byte, 16)));
    return { text: new TextDecoder("utf-16le").decode(bytes).replace(/\0$/, ""), expand: true };
  }
  return plain === undefined ? undefined : { text: plain.replaceAll("\\\\", "\\"), expand: false };
}

async function programRuns({ machine: { wine } }: WindowsInstance, program: string, ...args: string[]) {
  const { code, stdout, stderr } = await wine.run({ program, args }, {
    deadlineMilliseconds: START_MILLISECONDS,
  });
  return { code, stdout: stdout.trim(), stderr: stderr.replaceAll("\r", "").trim() };
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

/** Wine's own drivers say that there is no display. */
function withoutWine(text: string): string {
  return text.replaceAll(/^error: XDG_RUNTIME_DIR is invalid or not set in the environment\.\r?\n/gm, "");
}

async function namesIfAny(folder: string): Promise<string[]> {
  return await names(folder).catch(() => []);
}

Deno.test("winget installs windlass.exe for one user, upgrades it while it runs, and removes it; data is removed on request", async (test) => {
  await using downloads = await openReleaseDownloads();
  await using variants = await openVariantMaker(await windowsExecutable());
  await using instance = await openWindowsInstance({ user: USER });
  const { docker, machine: { wine } } = instance;
  const winget = new Winget(wine);
  const run = (...args: string[]) => programRuns(instance, PROGRAM, ...args);
  await setUserPath(wine);
  const before = await machineState(wine, HIVES_OF_PROGRAMS);
  const first = await downloads.publish("0.1.0", await windowsExecutable());
  const log = `${PROFILE}\\AppData\\Local\\Temp\\install.log`;

  await test.step("a download with another hash is not run", async () => {
    const [installer] = first.winget.Installers;
    const changed = { ...installer!, InstallerSha256: "0".repeat(64) };
    await assert.rejects(
      winget.install({ ...first.winget, Installers: [changed] }, log),
      /the hash is another one/,
    );
  });

  await test.step("install puts program, PATH, menu and list of programs in place, silently", async () => {
    const { code, stdout, stderr } = await winget.install(first.winget, log);
    assert.deepEqual({ code, stdout, stderr: withoutWine(stderr) }, { code: 0, stdout: "", stderr: "" });
    const logged = await Deno.readTextFile(wine.toLinux(log));
    assert.match(
      logged,
      /Z Copied to 'C:\\users\\Jo Müller\\AppData\\Local\\Programs\\Windlass\\windlass\.exe'\n/,
    );
    assert.match(logged, /Z Ended with exit code 0\n$/);
    await Deno.remove(wine.toLinux(log));

    assert.deepEqual(await userPath(wine), { text: `${USERS_PATH};${FOLDER}`, expand: true });
    assert.deepEqual(await names(wine.toLinux(FOLDER)), ["windlass-install.json", "windlass.exe"]);
    const entry = await winget.listed(first.winget);
    const [wanted] = first.winget.AppsAndFeaturesEntries;
    assert.deepEqual({ ...entry, EstimatedSize: Number(entry["EstimatedSize"]) > 280_000 }, {
      DisplayName: wanted!["DisplayName"],
      DisplayVersion: wanted!["DisplayVersion"],
      Publisher: wanted!["Publisher"],
      DisplayIcon: `${PROGRAM},0`,
      InstallLocation: FOLDER,
      UninstallString: `"${PROGRAM}" uninstall --window`,
      QuietUninstallString: `"${PROGRAM}" uninstall --quiet`,
      URLInfoAbout: "https://windlass.example/",
      EstimatedSize: true,
      NoModify: "1",
      NoRepair: "1",
    });
    const { target, ...link } = readShellLink(await Deno.readFile(join(wine.profile, MENU, "Windlass.lnk")));
    assert.deepEqual(link, {
      name: "Docker engine for Windows and Linux in one executable",
      workingDirectory: FOLDER,
      arguments: "open",
      icon: PROGRAM,
    });
    assert.equal(target.includes(`${PROGRAM}\0`), true);
  });

  await test.step("a new process finds the command in its PATH", async () => {
    const { text } = (await userPath(wine))!;
    const result = await wine.run({
      program: "cmd",
      args: ["/c", "windlass", "--version"],
      environment: { WINEPATH: text },
    });
    assert.match(result.stdout, /0\.1\.0/);
  });

  await test.step("install again changes nothing, and leaves the installation to winget", async () => {
    const again = await run("install");
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /'C:\\.*\\windlass\.exe' is already this version/);
    assert.deepEqual(await userPath(wine), { text: `${USERS_PATH};${FOLDER}`, expand: true });
    const marker = JSON.parse(await Deno.readTextFile(join(wine.toLinux(FOLDER), "windlass-install.json")));
    assert.deepEqual([marker.installedBy, marker.complete, marker.path], ["winget", true, { existed: true }]);
  });

  await test.step("it runs from there", async () => {
    const started = await run("start");
    assert.equal(started.code, 0, started.stderr);
    await docker.run(["volume", "create", "kept"]);
  });

  await test.step("upgrade under a running container leaves it alone; without one the host becomes the new version", async () => {
    await docker.run(["run", "-d", "--name", "busy", "busybox", "sleep", "1000"]);
    await eventually(async () => {
      // By the container, not by the client that has started it.
      const { keptBy } = JSON.parse((await run("status", "--json")).stdout).engine;
      assert.deepEqual(keptBy, [{ what: "container busy", since: null }]);
    });
    const newer = await downloads.publish(NEWER, await variants.make("newer", { version: NEWER }));
    const { code, stderr } = await winget.install(newer.winget, log);
    assert.equal(code, 0, stderr);
    assert.match(
      await Deno.readTextFile(wine.toLinux(log)),
      /The running version stays active because it is in use/,
    );
    await Deno.remove(wine.toLinux(log));
    assert.equal(await docker.run(["ps", "--quiet", "--filter", "name=busy"]) !== "", true);
    assert.match((await run("--version")).stdout, /9\.9\.9/);
    assert.equal((await names(wine.toLinux(FOLDER))).filter((name) => name.endsWith(".old")).length, 1);

    const restarted = await run("restart");
    assert.equal(restarted.code, 0, restarted.stderr);
    assert.equal(JSON.parse((await run("status", "--json")).stdout).version, NEWER);
    await eventually(async () => {
      assert.deepEqual(await names(wine.toLinux(FOLDER)), ["windlass-install.json", "windlass.exe"]);
    }, END_MILLISECONDS);
    assert.equal((await winget.listed(newer.winget))["DisplayVersion"], NEWER);
  });

  await test.step("a downgrade of an idle one changes the host at once", async () => {
    await docker.run(["rm", "--force", "busy"]);
    await eventually(async () => {
      assert.deepEqual(JSON.parse((await run("status", "--json")).stdout).engine.keptBy, []);
    });
    const { code, stderr } = await winget.install(first.winget, log);
    assert.equal(code, 0, stderr);
    await Deno.remove(wine.toLinux(log));
    assert.equal(JSON.parse((await run("status", "--json")).stdout).version, "0.1.0");
  });

  await test.step("uninstall takes all of it back but the data", async () => {
    const { code, stdout, stderr } = await winget.uninstall(first.winget);
    assert.deepEqual({ code, stdout, stderr: withoutWine(stderr) }, { code: 0, stdout: "", stderr: "" });
    assert.deepEqual(await userPath(wine), { text: USERS_PATH, expand: true });
    assert.deepEqual(await winget.listed(first.winget), {});
    await eventually(async () => {
      assert.deepEqual(await names(join(wine.profile, "AppData/Local/Windlass")), [
        "distros",
        "distros.json",
      ]);
    });
  });

  await test.step("a later installation has the data again, and with --delete-data nothing is left", async () => {
    await instance.run(["start"]);
    assert.equal(await docker.run(["volume", "ls", "--quiet"]), "kept");
    await instance.run(["uninstall", "--quiet", "--delete-data"]);
    await eventually(async () => {
      assert.deepEqual(stateChanges(before, await machineState(wine, HIVES_OF_PROGRAMS)), NO_CHANGES);
    }, END_MILLISECONDS);
  });
});

Deno.test("Scoop runs windlass.exe from its own folder, finds newer ones, and removes it without a trace", async (test) => {
  await using downloads = await openReleaseDownloads();
  await using variants = await openVariantMaker(await windowsExecutable());
  await using instance = await openWindowsInstance({ user: USER });
  const { wine } = instance.machine;
  const scoop = new Scoop(wine);
  const before = await machineState(wine, HIVES_OF_PROGRAMS);
  const first = (await downloads.publish("0.1.0", await windowsExecutable())).scoop;

  await test.step("install is Scoop's own, and Windlass does not install itself a second time", async () => {
    await scoop.install(first);
    const program = scoop.program(first);
    assert.match((await programRuns(instance, program, "--version")).stdout, /0\.1\.0/);
    const refused = await programRuns(instance, program, "install");
    assert.deepEqual([refused.code, refused.stderr.split("\n")[0]], [
      1,
      `windlass: Cannot install '${program}': it was installed by scoop`,
    ]);
  });

  await test.step("an upgrade follows checkver and stops the host that runs", async () => {
    const second = (await downloads.publish(NEWER, await variants.make("newer", { version: NEWER }))).scoop;
    const { version, architecture } = await scoop.updated(first);
    assert.deepEqual({ version, architecture }, {
      version: second.version,
      architecture: second.architecture,
    });
    assert.equal((await programRuns(instance, scoop.program(first), "start", "--on-demand")).code, 0);
    await scoop.uninstall(first, "update");
    await scoop.install(second);
    assert.match((await programRuns(instance, scoop.program(second), "--version")).stdout, /9\.9\.9/);
    await scoop.uninstall(second, "uninstall");
    await scoop.remove();
  });

  await test.step("nothing is left", async () => {
    await eventually(async () => {
      assert.deepEqual(stateChanges(before, await machineState(wine, HIVES_OF_PROGRAMS)), NO_CHANGES);
    }, END_MILLISECONDS);
  });
});

Deno.test("windlass.exe install that is killed at any moment is finished or undone by the next run", async () => {
  await using instance = await openWindowsInstance({ user: USER });
  const { wine } = instance.machine;
  const before = await machineState(wine, HIVES_OF_PROGRAMS);
  const folder = wine.toLinux(FOLDER);
  /** Something that an installation does, in its order; when it is seen, everything is killed. */
  const moments: readonly (() => Promise<boolean>)[] = [
    async () => (await namesIfAny(folder)).some((name) => name.endsWith(".partial")),
    async () => (await namesIfAny(folder)).includes("windlass.exe"),
    async () => (await namesIfAny(join(wine.profile, MENU))).includes("Windlass.lnk"),
  ];
  for (const happened of moments) {
    const program = wine.toWindows(await windowsExecutable());
    const killed = wine.spawn({ program, args: ["install"] }, {
      stdout: "null",
      stderr: "null",
      stdin: "null",
    });
    // On a machine that stands still the moment may pass unseen; the next run has to manage then, too.
    let over = false;
    const ended = killed.status.then(() => over = true);
    await eventually(async () => assert.ok(over || await happened()), START_MILLISECONDS);
    // The launcher and the runtime go with it, as with a job that is closed.
    if (!over) killed.kill("SIGKILL");
    await ended;
    await instance.run(["install", "--quiet"]);
    assert.deepEqual(await names(folder), ["windlass-install.json", "windlass.exe"]);
    assert.equal((await programRuns(instance, PROGRAM, "--version")).code, 0);
    await programRuns(instance, PROGRAM, "uninstall", "--quiet", "--delete-data");
    await eventually(async () => {
      assert.deepEqual(stateChanges(before, await machineState(wine, HIVES_OF_PROGRAMS)), NO_CHANGES);
    }, END_MILLISECONDS);
  }
});
