import { sleep } from "../../../timing/sleep.ts";
import { sharedResolvConf } from "../resolvers.ts";

/** How often the host's files are read: two small ones, and a VPN takes longer to come up. */
const FOLLOW_MILLISECONDS = 2_000;

/** Where the host's name servers are read, and those of the distros written; replaced in tests. */
export interface ResolvConfFiles {
  /** The text of a file of the host; `null` if it has none. */
  read(path: string): Promise<string | null>;
  /** Puts the text in the place of the distros' file. */
  write(text: string): Promise<void>;
}

/**
 * Gives all distros the host's name servers, and again whenever these change, as WSL does when a VPN comes or goes.
 * What a distro has written over them stays until then.
 */
export class ResolvConfFollower {
  readonly #files: ResolvConfFiles;
  #last: string | undefined;

  constructor(files: ResolvConfFiles) {
    this.#files = files;
  }

  /** Writes the file if the host's name servers have changed since the last time. */
  async update(): Promise<void> {
    const behind = await this.#files.read("/run/systemd/resolve/resolv.conf");
    const text = sharedResolvConf(await this.#files.read("/etc/resolv.conf") ?? "", behind);
    if (text === this.#last) return;
    await this.#files.write(text);
    this.#last = text;
  }

  /** Goes on until the signal is aborted. A failed write is tried again at the next time. */
  async follow(signal: AbortSignal): Promise<void> {
    for (
      await sleep(FOLLOW_MILLISECONDS, signal);
      !signal.aborted;
      await sleep(FOLLOW_MILLISECONDS, signal)
    ) {
      await this.update().catch(() => {});
    }
  }
}

/** The files of the host, and the one below the root folder of a process in which all distros see theirs. */
export function resolvConfFiles(root: string): ResolvConfFiles {
  const target = `${root}/wsl/resolv.conf`;
  return {
    read: (path) => Deno.readTextFile(path).catch(() => null),
    write: async (text) => {
      // A distro may have put a link there, which must not be followed to a file of the host.
      const draft = `${target}.new`;
      await Deno.remove(draft).catch(() => {});
      await Deno.writeTextFile(draft, text, { mode: 0o644, createNew: true });
      await Deno.rename(draft, target);
    },
  };
}
