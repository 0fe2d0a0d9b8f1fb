import type { Target } from "../../../proxy/way.ts";
import type { SystemAnswer, SystemProxy } from "../../system_proxy.ts";
import { desktopAnswer, type DesktopSettings, parseDesktopSettings } from "./desktop_settings.ts";

/** The program takes some 20 ms, so it runs once for the requests of so long. */
const AGE_MILLISECONDS = 10_000;
/** It may wait for a service of the desktop that does not answer. */
const PROGRAM_MILLISECONDS = 2_000;

const NO_SETTINGS: DesktopSettings = new Map();

/** The proxy settings of a Linux desktop, where the program `gsettings` is installed. */
export class LinuxSystemProxy implements SystemProxy {
  #settings: Promise<DesktopSettings> | undefined;
  #until = 0;

  /**
   * @param isExempt Whether a list, separated by commas, has the target.
   * @param now In milliseconds.
   * @param patience Milliseconds that the program may take.
   */
  constructor(
    private readonly isExempt: (target: Target, list: string) => boolean,
    private readonly now: () => number = () => performance.now(),
    private readonly patience: number = PROGRAM_MILLISECONDS,
  ) {}

  async find(target: Target, signal: AbortSignal): Promise<SystemAnswer> {
    signal.throwIfAborted();
    if (this.#settings === undefined || this.now() > this.#until) {
      this.#until = this.now() + AGE_MILLISECONDS;
      this.#settings = readSettings(this.patience);
    }
    const settings = await this.#settings;
    signal.throwIfAborted();
    return desktopAnswer(target, settings, this.isExempt);
  }

  forget(): void {
    this.#settings = undefined;
  }

  [Symbol.dispose](): void {}
}

/** Empty without the program, and where it fails: most machines have no desktop. */
async function readSettings(patience: number): Promise<DesktopSettings> {
  // Without the folder of a session, the program would make a file in the user's home.
  if (!Deno.env.get("XDG_RUNTIME_DIR")) return NO_SETTINGS;
  const command = new Deno.Command("gsettings", {
    args: ["list-recursively", "org.gnome.system.proxy"],
    stdin: "null",
    stderr: "null",
    signal: AbortSignal.timeout(patience),
  });
  try {
    const { success, stdout } = await command.output();
    return success ? parseDesktopSettings(new TextDecoder().decode(stdout)) : NO_SETTINGS;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) {
      return NO_SETTINGS;
    }
    throw error;
  }
}
