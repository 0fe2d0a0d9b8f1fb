import { join } from "node:path";
import type { DistroContext, RootfsImage } from "../../src/provisioning/distro_context.ts";
import { distroNames } from "../../src/provisioning/distro_names.ts";
import type { DistroProgressEvent } from "../../src/provisioning/distro_progress.ts";
import { type DistroRecord, openDistroRecord } from "../../src/provisioning/distro_record.ts";
import { NO_LOG } from "../../src/logging/log.ts";
import type { RunOptions, RunResult } from "../../src/wsl/wsl.ts";
import { type FakeDistro, FakeWsl, type FakeWslOptions } from "./fake_wsl.ts";

/** Last file of an engine archive, and what the engine distro is checked for. */
export const AGENT_FILE = "/usr/lib/windlass/agent.js";
/** What the data distro is checked for. */
export const SHARE_FILE = "/usr/lib/windlass/share-data";
/** Where the user's data is. */
export const DATA_FOLDER = "/var/lib/windlass/";

/** An engine image whose content is its id and a few files. */
export function engineImage(id: string): RootfsImage {
  return image(id, ["/etc", `/content/${id}`, AGENT_FILE]);
}

/** The image of the data distro. */
export function dataImage(): RootfsImage {
  return image("data", ["/etc", SHARE_FILE]);
}

/** An image that holds these files. */
export function image(id: string, files: readonly string[]): RootfsImage {
  const bytes = new TextEncoder().encode(files.join("\n"));
  const open = () => Promise.resolve({ stream: new Blob([bytes]).stream(), totalBytes: bytes.length });
  return { id, unpackedBytes: bytes.length, open };
}

/** A machine with a WSL, a folder and a record: what outlives a process that dies. */
export interface FakeMachine extends AsyncDisposable {
  readonly home: string;
  readonly wsl: FakeWsl;
  readonly recordPath: string;
  readonly events: DistroProgressEvent[];
  /** A new process: it reads the record from the disk. */
  startProcess(): Promise<DistroContext>;
}

/** Makes a machine with an empty folder of its own, removed at the end. */
export async function createFakeMachine(options: FakeWslOptions = {}): Promise<FakeMachine> {
  const home = await Deno.makeTempDir({ prefix: "windlass-distro-" });
  const recordPath = join(home, "distros.json");
  const events: DistroProgressEvent[] = [];
  const wsl = new FakeWsl({ runProgram: answer, ...options });
  const kept: KeptRecord = { engines: {}, data: null };
  return {
    home,
    wsl,
    recordPath,
    events,
    async startProcess() {
      const record = options.atPoint === undefined
        ? await openDistroRecord(recordPath, distroNames(), NO_LOG)
        : recordInMemory(kept, options.atPoint);
      return {
        wsl,
        names: distroNames(),
        directory: join(home, "distros"),
        record,
        log: NO_LOG,
        progress: (event) => events.push(event),
        delay: () => Promise.resolve(),
      };
    },
    [Symbol.asyncDispose]: () => Deno.remove(home, { recursive: true }),
  };
}

/** What the scripts of src/provisioning/ print in a distro with these files. */
function answer({ files }: FakeDistro, { argv }: RunOptions): Partial<RunResult> {
  const isOurs = files.has(AGENT_FILE) || files.has(SHARE_FILE);
  if (argv.at(-1)?.endsWith("echo ours")) return { stdout: isOurs ? "ours\n" : "" };
  if (files.has(AGENT_FILE)) return { stdout: "complete\n" };
  if (!files.has(SHARE_FILE)) return { stdout: "incomplete\n" };
  const isUsed = [...files].some((file) => file.startsWith(DATA_FOLDER));
  return { stdout: isUsed ? "used\n" : "unused\n" };
}

interface KeptRecord {
  engines: DistroRecord["engines"];
  data: DistroRecord["data"];
}

/** A record whose changes happen at once or not at all, as those of the file do; thousands of deaths are tried on it. */
function recordInMemory(kept: KeptRecord, atPoint: (point: string) => void): DistroRecord {
  const watch = (point: string, change: () => void) =>
    Promise.resolve().then(() => {
      atPoint(`before record ${point}`);
      change();
      atPoint(`after record ${point}`);
    });
  return {
    get engines() {
      return kept.engines;
    },
    get data() {
      return kept.data;
    },
    setEngine: (name, engine) =>
      watch(`${name} ${engine?.rootfsId}`, () => {
        const { [name]: _, ...others } = kept.engines;
        kept.engines = engine === null ? others : { ...others, [name]: engine };
      }),
    setData: (data) => watch(`data ${data?.state}`, () => void (kept.data = data)),
    remove: () => watch("removal", () => void Object.assign(kept, { engines: {}, data: null })),
  };
}
