/** What the end-to-end tests of `wsl` for Linux share: a home of their own, a tiny distro, and ways to call. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compiledHelper } from "../../support/compile_once.ts";
import { forwardingUsers, hostTraces, kernelTraces } from "../../support/host_traces.ts";
import { withNetworkLock } from "../../../src/wsl/linux/service/forwarding.ts";

const MAIN = fileURLToPath(new URL("../../../src/wsl/linux/main.ts", import.meta.url));
const BUSYBOX = "/bin/busybox";

/** The result of a call that has ended. */
export interface CallResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program in a distro that runs until it is killed or its input ends. */
export interface Keeper {
  /** Resolves to the exit code of its call. */
  ended(): Promise<number>;
}

/** How one call differs from the usual: UTF-8, empty stdin. */
export interface CallOptions {
  readonly input?: Uint8Array | string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Leaves WSL_UTF8 unset. */
  readonly wide?: boolean;
}

/** One instance of `wsl` for Linux. Disposing it shuts it down and removes its home. */
export class WslInstance implements AsyncDisposable {
  private constructor(readonly home: string, readonly helper: string, readonly archive: string) {}

  /** @param settings text of .wslconfig */
  static async open(settings = ""): Promise<WslInstance> {
    const folder = await Deno.makeTempDir({ prefix: "wl-" });
    const instance = new WslInstance(join(folder, "home"), await compiledHelper(), join(folder, "root.tar"));
    await Deno.mkdir(join(instance.home, "wsl"), { recursive: true });
    await Deno.writeTextFile(join(instance.home, "wsl/.wslconfig"), settings);
    await packRootfs(join(folder, "root"), instance.archive);
    return instance;
  }

  /** As {@linkcode open}, with the tiny distro imported under each name. */
  static async withDistros(names: readonly string[], settings = ""): Promise<WslInstance> {
    const instance = await WslInstance.open(settings);
    for (const name of names) {
      const { code, stdout } = await instance.call([
        "--import",
        name,
        join(instance.home, name),
        instance.archive,
      ]);
      if (code !== 0) throw new Error(`cannot import '${name}': ${stdout}`);
    }
    return instance;
  }

  environment(options: CallOptions = {}): Record<string, string> {
    return {
      WINDLASS_HOME: this.home,
      WINDLASS_WSL_HELPER: this.helper,
      ...(options.wide ? {} : { WSL_UTF8: "1" }),
      ...options.environment,
    };
  }

  words(args: readonly string[]): string[] {
    return ["run", "-A", "--quiet", MAIN, ...args];
  }

  start(
    args: readonly string[],
    options: CallOptions & { stdin?: "piped" | "null" } = {},
  ): Deno.ChildProcess {
    return new Deno.Command(Deno.execPath(), {
      args: this.words(args),
      env: this.environment(options),
      stdin: options.stdin ?? (options.input === undefined ? "null" : "piped"),
      stdout: "piped",
      stderr: "piped",
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    }).spawn();
  }

  async callRaw(args: readonly string[], options: CallOptions = {}) {
    const child = this.start(args, options);
    const { input } = options;
    const writing = input === undefined
      ? Promise.resolve()
      : new Blob([input as BlobPart]).stream().pipeTo(child.stdin).catch(() => {});
    const [output] = await Promise.all([child.output(), writing]);
    return output;
  }

  async call(args: readonly string[], options: CallOptions = {}): Promise<CallResult> {
    const { code, stdout, stderr } = await this.callRaw(args, options);
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** Runs a script in a distro; fails the test when it fails. */
  async script(distro: string, text: string): Promise<string> {
    const { code, stdout, stderr } = await this.call([
      "-d",
      distro,
      "--cd",
      "/",
      "--exec",
      "/bin/sh",
      "-c",
      text,
    ]);
    if (code !== 0) throw new Error(`script in '${distro}' ended with ${code}: ${stdout}${stderr}`);
    return stdout;
  }

  /**
   * Starts a program that keeps a distro running, and resolves when it runs: a call that comes later than the end of its
   * distro, or of the service, starts these again.
   */
  async keep(distro: string): Promise<Keeper> {
    const child = this.start(["-d", distro, "--exec", "/bin/sh", "-c", "echo up; exec cat"], {
      stdin: "piped",
    });
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    if (new TextDecoder().decode(value) !== "up\n") {
      const { code, stderr } = await child.output();
      const words = new TextDecoder().decode(stderr);
      throw new Error(`cannot keep '${distro}': ended with ${code}: ${words}`);
    }
    return {
      async ended() {
        const { code } = await child.output();
        await child.stdin.close().catch(() => {});
        return code;
      },
    };
  }

  async states(): Promise<Record<string, string>> {
    const { stdout } = await this.call(["-l", "-v"]);
    const rows = stdout.split("\r\n").slice(1).map((line) => /^[* ] (\S+)\s+(\S+)\s+2$/.exec(line));
    return Object.fromEntries(rows.filter((row) => row !== null).map(([, name, state]) => [name, state]));
  }

  async servicePid(): Promise<number> {
    const log = await Deno.readTextFile(join(this.home, "wsl/service.log"));
    const pids = [...log.matchAll(/"event":"wsl\.service\.started","fields":\{"pid":(\d+)\}/g)];
    return Number(pids.at(-1)?.[1]);
  }

  /** When the service logged the event last, in milliseconds of the clock. */
  async lastTimeOf(event: string): Promise<number> {
    const log = await Deno.readTextFile(join(this.home, "wsl/service.log"));
    const line = log.split("\n").findLast((text) => text.includes(`"event":"${event}"`));
    if (line === undefined) throw new Error(`'${event}' is not in the log of the service`);
    return Date.parse(JSON.parse(line).time);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.call(["--shutdown"]);
    await Deno.remove(join(this.home, ".."), { recursive: true });
  }
}

/** Far above what any state needs on a machine that is slow or stands still for a while. */
const WAIT_SECONDS = 60;

/** Waits until `check` returns something true; end-to-end tests wait for other processes by looking. */
export async function eventually<T>(what: string, check: () => Promise<T> | T): Promise<T> {
  const deadline = Date.now() + WAIT_SECONDS * 1000;
  for (;;) {
    const began = Date.now();
    const value = await check();
    if (value) return value;
    if (began > deadline) throw new Error(`waited ${WAIT_SECONDS} s without success: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * The words of a script that leave `sleep` behind in a session of its own. They wait until it has that: before, it would
 * be ended by the hang-up at the end of the script.
 */
export function leaveBehind(seconds: number, redirection = ""): string {
  const program = `echo $$ > /tmp/left; exec sleep ${seconds}`;
  return `rm -f /tmp/left; setsid sh -c '${program}' ${redirection} & ` +
    "until test -s /tmp/left; do sleep 0.1; done";
}

/**
 * The traces of instances on the host once their processes have ended: the service, which gives up its lock before it
 * ends, and the relays of calls. Everything else has to be gone before, as a call has said that it is.
 */
export async function tracesAfterEnd(homes: readonly string[]): Promise<string[]> {
  const kernel = (await Promise.all(homes.map((home) => kernelTraces(home)))).flat();
  if (kernel.length > 0) return kernel;
  const traces = async () => (await Promise.all(homes.map(hostTraces))).flat();
  let last = await traces();
  await eventually("no process is left", async () => {
    last = await traces();
    return last.every((trace) => !trace.startsWith("process"));
  }).catch(() => {}); // the traces that are left say which
  return last;
}

/** A command that prints {@linkcode clockTime} of its moment. */
export const UPTIME = "cut -d' ' -f1 /proc/uptime";

/**
 * The milliseconds of the clock at an uptime that a distro has printed: all share the kernel's. About 20 too few or, if
 * this process stands still between its looks at the two clocks, more, but never too many.
 */
export function clockTime(uptime: string): number {
  const before = Date.now();
  const [now] = Deno.readTextFileSync("/proc/uptime").split(" ");
  return before - (Number(now) - Number(uptime)) * 1000;
}

/** Whether the host forwards packets, whether it did before any instance came, and which instances want that. */
export function forwarding(): Promise<{ on: boolean; before: boolean; users: string[] }> {
  // Other instances of this machine, such as those of other tests, may turn it on or off at this moment.
  return withNetworkLock(async () => {
    const isOn = async (path: string) => (await Deno.readTextFile(path)).trim() === "1";
    const on = await isOn("/proc/sys/net/ipv4/ip_forward");
    const before = await isOn("/run/windlass/ip_forward.before").catch(() => on);
    return { on, before, users: forwardingUsers() };
  });
}

async function packRootfs(folder: string, archive: string): Promise<void> {
  for (const name of ["bin", "etc", "root", "tmp", "var"]) {
    await Deno.mkdir(join(folder, name), { recursive: true });
  }
  await Deno.copyFile(BUSYBOX, join(folder, "bin/busybox"));
  const list = await new Deno.Command(BUSYBOX, { args: ["--list"] }).output();
  for (const applet of new TextDecoder().decode(list.stdout).split("\n")) {
    if (applet !== "" && applet !== "busybox") await Deno.symlink("busybox", join(folder, "bin", applet));
  }
  const users = ["root:x:0:0:root:/root:/bin/sh", "jo:x:1000:1000::/tmp:/bin/sh"];
  await Deno.writeTextFile(join(folder, "etc/passwd"), `${users.join("\n")}\n`);
  await Deno.writeTextFile(join(folder, "etc/group"), "root:x:0:\njo:x:1000:\nwheel:x:10:jo\n");
  const packed = await new Deno.Command("tar", { args: ["-C", folder, "-cf", archive, "."] }).output();
  if (!packed.success) throw new Error(new TextDecoder().decode(packed.stderr));
  await Deno.remove(folder, { recursive: true });
}
