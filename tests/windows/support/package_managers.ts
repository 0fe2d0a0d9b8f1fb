/**
 * Scoop and winget as far as they concern us: each reads a generated manifest, downloads what it names, refuses what has another
 * hash, and then does with it what the manifest says.
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import type { CommandResult } from "../../support/run_command.ts";
import type { Wine } from "./wine.ts";

/** Milliseconds for one command of an executable that unpacks itself first. */
const RUN_MILLISECONDS = 300_000;

/** What the tests read of a Scoop manifest. */
export interface ScoopManifest {
  readonly version: string;
  readonly architecture: { readonly "64bit": { readonly url: string; readonly hash: string } };
  readonly bin: string;
  readonly shortcuts: readonly (readonly [program: string, name: string, args: string])[];
  readonly pre_uninstall: readonly string[];
  readonly checkver: { readonly url: string; readonly jsonpath: string };
  readonly autoupdate: {
    readonly architecture: {
      readonly "64bit": {
        readonly url: string;
        readonly hash: { readonly url: string; readonly regex: string };
      };
    };
  };
}

/** What the tests read of winget's installer manifest. */
export interface WingetInstaller {
  readonly PackageIdentifier: string;
  readonly PackageVersion: string;
  readonly InstallerType: string;
  readonly InstallerSwitches: Readonly<Record<string, string>>;
  readonly ProductCode: string;
  readonly AppsAndFeaturesEntries: readonly Readonly<Record<string, string>>[];
  readonly Installers: readonly { readonly InstallerUrl: string; readonly InstallerSha256: string }[];
}

/** Downloads to a path of this machine. @throws {Error} if the bytes have another hash. */
async function download(url: string, sha256: string, path: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Cannot download '${url}': status ${response.status}`);
  const hash = createHash("sha256");
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  for await (const bytes of response.body!) {
    hash.update(bytes);
    for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
  }
  if (hash.digest("hex") === sha256.toLowerCase()) return;
  await Deno.remove(path);
  throw new Error(`Cannot install '${url}': the hash is another one than that of the manifest`);
}

/** Scoop in a profile. */
export class Scoop {
  readonly #root: string;

  constructor(private readonly wine: Wine) {
    this.#root = join(wine.profile, "scoop/apps/windlass");
  }

  /** The program where `current` leads, as the shim runs it. A path of Windows. */
  program(manifest: ScoopManifest): string {
    return this.wine.toWindows(join(this.#root, "current", manifest.bin));
  }

  async install(manifest: ScoopManifest): Promise<void> {
    const { url, hash } = manifest.architecture["64bit"];
    const [address, name] = url.split("#/");
    await download(address!, hash, join(this.#root, manifest.version, name!));
    await Deno.symlink(manifest.version, join(this.#root, "current"));
    // Menu and PATH are Scoop's own; they must lead to a file that exists.
    for (const program of [manifest.bin, manifest.shortcuts[0]![0]]) {
      await Deno.stat(join(this.#root, "current", program));
    }
  }

  /** Runs the manifest's script and removes the version, for removal or before an upgrade. */
  async uninstall(manifest: ScoopManifest, cmd: "uninstall" | "update"): Promise<void> {
    for (const line of manifest.pre_uninstall) await this.#runLine(line, manifest, cmd);
    await Deno.remove(join(this.#root, "current"));
    await Deno.remove(join(this.#root, manifest.version), { recursive: true });
  }

  async remove(): Promise<void> {
    await Deno.remove(join(this.wine.profile, "scoop"), { recursive: true });
  }

  /** The two forms of PowerShell that our manifest has. */
  async #runLine(line: string, manifest: ScoopManifest, cmd: string): Promise<void> {
    const guarded = /^if \(\$cmd -eq '(\w+)'\) \{ (.+) \}$/.exec(line);
    if (guarded !== null && guarded[1] !== cmd) return;
    const call = /^& "\$dir\\(\S+)" (.+)$/.exec(guarded?.[2] ?? line);
    if (call === null) {
      throw new Error(`Cannot run '${line}': this stand-in for PowerShell does not know its form`);
    }
    const program = this.wine.toWindows(join(this.#root, manifest.version, call[1]!));
    const result = await this.wine.run(
      { program, args: call[2]!.split(" ") },
      { deadlineMilliseconds: RUN_MILLISECONDS },
    );
    if (result.code !== 0) throw new Error(`Cannot run '${line}': ${result.stderr}${result.stdout}`);
  }

  /** What `checkver --update` makes of a manifest: the version that is newest now, with its address and hash. */
  async updated(manifest: ScoopManifest): Promise<Pick<ScoopManifest, "version" | "architecture">> {
    const latest = await (await fetch(manifest.checkver.url)).json();
    if (manifest.checkver.jsonpath !== "$.version") throw new Error("Cannot read that JSON path");
    const { version } = latest as { version: string };
    const rule = manifest.autoupdate.architecture["64bit"];
    const url = rule.url.replaceAll("$version", version);
    const baseUrl = url.slice(0, url.lastIndexOf("/", url.indexOf("#")));
    const sums = await (await fetch(rule.hash.url.replaceAll("$baseurl", baseUrl))).text();
    const hash = new RegExp(rule.hash.regex.replaceAll("$sha256", "([a-fA-F0-9]{64})")).exec(sums)?.[1] ?? "";
    return { version, architecture: { "64bit": { url, hash } } };
  }
}

/** winget in a profile. */
export class Winget {
  constructor(private readonly wine: Wine) {}

  /** Installs or upgrades silently, with a log at a path of Windows. */
  async install(manifest: WingetInstaller, log: string): Promise<CommandResult> {
    if (manifest.InstallerType !== "exe") throw new Error(`Cannot install type '${manifest.InstallerType}'`);
    const { InstallerUrl, InstallerSha256 } = manifest.Installers[0]!;
    const folder = join(
      this.wine.profile,
      "AppData/Local/Temp/WinGet",
      `${manifest.PackageIdentifier}.${manifest.PackageVersion}`,
    );
    const installer = join(folder, "windlass.exe");
    await download(InstallerUrl, InstallerSha256, installer);
    const { Silent, Log, Custom } = manifest.InstallerSwitches;
    const words = [Silent!, Log!.replace("<LOGPATH>", log), Custom!].flatMap(splitWords);
    const result = await this.wine.run(
      { program: this.wine.toWindows(installer), args: words },
      { deadlineMilliseconds: RUN_MILLISECONDS },
    );
    await Deno.remove(join(this.wine.profile, "AppData/Local/Temp/WinGet"), { recursive: true });
    return result;
  }

  /** The entries of the list of installed programs that the manifest says belong to the package. */
  async listed(manifest: WingetInstaller): Promise<Readonly<Record<string, string>>> {
    const text = await this.wine.exportRegistry(
      `HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\${manifest.ProductCode}`,
    );
    const values = [...text.replaceAll("\\\n  ", "").matchAll(/^"(\w+)"=(?:"(.*)"|dword:([0-9a-f]{8}))$/gm)];
    return Object.fromEntries(values.map(([, name, value, number]) => [
      name!,
      number === undefined ? value!.replaceAll(/\\(.)/g, "$1") : String(Number.parseInt(number, 16)),
    ]));
  }

  /** Runs what the entry names for removing without questions. */
  async uninstall(manifest: WingetInstaller): Promise<CommandResult> {
    const entry = await this.listed(manifest);
    const [program, ...args] = splitWords(entry["QuietUninstallString"] ?? "");
    return await this.wine.run({ program: program!, args }, { deadlineMilliseconds: RUN_MILLISECONDS });
  }
}

/** Words between spaces; a word in quotes may hold some. */
function splitWords(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
}
