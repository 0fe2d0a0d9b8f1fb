import { createLinuxWsl } from "../../support/linux_wsl.ts";
import { openWine, type Wine } from "./wine.ts";
import { compileAttachStreams } from "../wsl/stub/compile_stub.ts";
import { type InstalledWsl, installWsl } from "../wsl/stub/install_wsl.ts";
import { LxssMirror } from "../wsl/stub/lxss_mirror.ts";
import { serveWsl, type WslServer } from "../wsl/stub/wsl_server.ts";
import { statePaths } from "../../../src/wsl/linux/state_paths.ts";

/** A Windows with WSL: the stub `wsl.exe`, behind it a `wsl` for Linux that sees this prefix' drive C. */
export interface WindowsMachine extends AsyncDisposable {
  readonly wine: Wine;
  readonly wsl: WslServer;
}

/** How a machine is set up. */
export interface WindowsMachineOptions {
  /** `package` without it. */
  readonly installed?: InstalledWsl;
}

/**
 * Opens a Windows with WSL that nobody has used. Disposing it ends its programs, then its distros, and removes both.
 *
 * @example
 * ```ts
 * await using machine = await openWindowsMachine();
 * await machine.wine.run({ program: "C:\\Program Files\\WSL\\wsl.exe", args: ["--version"] });
 * ```
 */
export async function openWindowsMachine(options: WindowsMachineOptions = {}): Promise<WindowsMachine> {
  await using owned = new AsyncDisposableStack();
  const wine = owned.use(await openWine());
  const attachStreams = await compileAttachStreams();
  let linux: Promise<LinuxSide> | undefined;
  owned.defer(async () => (await linux)?.[Symbol.asyncDispose]());
  const linuxSide = () => linux ??= openLinuxSide(wine);
  const wsl = owned.use(serveWsl({
    attachStreams,
    environment: async () => (await linuxSide()).environment,
    toHost: wine.toLinux,
    afterCall: async () => await (await linuxSide()).mirror.update(),
  }));
  await installWsl(wine, wsl.port, options.installed ?? "package");
  // Programs first: a host that still ran would start its distros again.
  owned.defer(() => wine.prefix.endPrograms());
  const stack = owned.move();
  return { wine, wsl, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The `wsl` for Linux of one machine. Most tests with a script never need it. */
interface LinuxSide extends AsyncDisposable {
  readonly environment: Record<string, string>;
  readonly mirror: LxssMirror;
}

async function openLinuxSide(wine: Wine): Promise<LinuxSide> {
  const linux = await createLinuxWsl();
  const environment = {
    ...linux.options.environment,
    WINDLASS_WSL_DRIVE_C: wine.driveC,
    PATH: Deno.env.get("PATH") ?? "",
    ...(Deno.env.has("DENO_DIR") ? { DENO_DIR: Deno.env.get("DENO_DIR")! } : {}),
  };
  const mirror = new LxssMirror(statePaths(environment).registry, {
    importRegistry: wine.importRegistry,
    toWindows: wine.toWindows,
  });
  return { environment, mirror, [Symbol.asyncDispose]: () => linux[Symbol.asyncDispose]() };
}
