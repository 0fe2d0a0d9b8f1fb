/** Keys in files, small executables and a channel folder, with the release script as people call it. */
import { join } from "node:path";
import { type NewKey, newKey, publicKeyContent } from "../../../scripts/release/signing_key.ts";
import type { CommitOptions } from "../../../scripts/release/commit_targets.ts";
import { makeDelta } from "../../../scripts/release/make_delta.ts";
import { publishRelease, type PublishRequest } from "../../../scripts/release/publish_release.ts";
import { type ChannelProblem, verifyChannel } from "../../../scripts/release/verify_channel.ts";
import type { ReleaseDocument } from "../../../src/update/release/release_document.ts";
import { VERSION } from "../../../src/version.ts";
import { sampleExecutable, sampleWindowsStub } from "../../fakes/sample_executable.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { type CommandResult, runCommand } from "../../support/run_command.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";

/** Says the version that is built, as an executable for Linux does; what follows in the file is not a script. */
const LINUX_STUB = new TextEncoder().encode(`#!/bin/sh\necho "windlass ${VERSION}"\nexit 0\n`);
/** Enough that a delta is worth it. */
const RUNTIME_BYTES = 96 * 1024;

/** The bytes of one release: another number, other bytes. */
export interface Build {
  readonly folder: string;
  readonly linux: string;
  readonly windows: string;
}

/** A place for releases; all of it is removed on disposal. */
export interface ReleaseLab extends AsyncDisposable {
  readonly path: string;
  /** The channel folder. Its first root is published, signed by r1 and r2. */
  readonly channel: string;
  /** r1, r2, r3, t1, t2, o1 and those that are made later, by name. */
  readonly keys: Record<string, NewKey>;
  /** Makes a key in files, as `keys new` does, and returns the path without its ending. */
  addKey(name: string): Promise<string>;
  keyFile(name: string): string;
  publicFile(name: string): string;
  commit(targetsKey?: string, onlineKey?: string): CommitOptions;
  /** A dist folder with executables for both systems; `content` distinguishes builds. */
  build(content: string): Promise<Build>;
  /** Publishes in stable for Linux. */
  publish(version: string, changes?: Partial<PublishRequest>): Promise<ReleaseDocument[]>;
  /** Runs `scripts/release.ts`. */
  run(args: readonly string[], env?: Record<string, string>): Promise<CommandResult>;
  problems(): Promise<readonly ChannelProblem[]>;
  /** What clients get, such as `stable linux-x64 1.0.0`, sorted. */
  offers(): Promise<string[]>;
}

/** Makes keys and a channel without releases. */
export async function openReleaseLab(): Promise<ReleaseLab> {
  await using owned = new AsyncDisposableStack();
  const { path } = owned.use(await openTemporaryFolder("windlass-release"));
  const lab = new Lab(path);
  for (const name of ["r1", "r2", "r3", "t1", "t2", "o1"]) await lab.addKey(name);
  const root = join(path, "root.json");
  const named = (flag: string, ...names: string[]) => names.flatMap((name) => [flag, lab.publicFile(name)]);
  await lab.expect(
    "root",
    "new",
    ...named("--root", "r1", "r2", "r3"),
    ...named("--targets", "t1", "t2"),
    ...[
      ...named("--online", "o1"),
      "--output",
      root,
    ],
  );
  await lab.expect("root", "sign", root, "--key", lab.keyFile("r1"), "--key", lab.keyFile("r2"));
  await lab.expect("root", "publish", root, "--into", lab.channel);
  const stack = owned.move();
  return Object.assign(lab, { [Symbol.asyncDispose]: () => stack.disposeAsync() });
}

class Lab implements Omit<ReleaseLab, typeof Symbol.asyncDispose> {
  readonly channel: string;
  readonly keys: Record<string, NewKey> = {};
  #builds = 0;

  constructor(readonly path: string) {
    this.channel = join(path, "channel");
  }

  async addKey(name: string): Promise<string> {
    const key = this.keys[name] = newKey();
    await Deno.writeTextFile(this.keyFile(name), key.pem, { mode: 0o600 });
    await Deno.writeTextFile(this.publicFile(name), JSON.stringify(publicKeyContent(key.publicHex)));
    return join(this.path, name);
  }

  keyFile(name: string): string {
    return join(this.path, `${name}.pem`);
  }

  publicFile(name: string): string {
    return join(this.path, `${name}.pub`);
  }

  commit(targetsKey = "t1", onlineKey = "o1"): CommitOptions {
    const [targets, online] = [this.keys[targetsKey], this.keys[onlineKey]];
    if (!targets || !online) throw new Error("there is no such key");
    return { targetsKeys: [targets], onlineKeys: [online] };
  }

  async build(content: string): Promise<Build> {
    const folder = join(this.path, `dist-${this.#builds++}`);
    await Deno.mkdir(folder);
    const runtime = noise(RUNTIME_BYTES);
    runtime.set(new TextEncoder().encode(content), RUNTIME_BYTES / 2);
    const contents = { deno: runtime, app: new TextEncoder().encode(`the program ${content}\n`) };
    const [linux, windows] = [join(folder, "windlass"), join(folder, "windlass.exe")];
    await Deno.writeFile(linux, sampleExecutable(contents, LINUX_STUB).bytes, { mode: 0o755 });
    await Deno.writeFile(windows, sampleExecutable(contents, sampleWindowsStub()).bytes);
    return { folder, linux, windows };
  }

  async publish(version: string, changes: Partial<PublishRequest> = {}): Promise<ReleaseDocument[]> {
    const workDirectory = await Deno.makeTempDir({ dir: this.path, prefix: "work-" });
    const { linux } = await this.build(version);
    return await publishRelease({
      folder: this.channel,
      channel: "stable",
      version,
      executables: { "linux-x64": linux },
      notes: `Windlass ${version}\n`,
      severity: "normal",
      rollout: 100,
      withdrawn: [],
      dockerd: "28.5.2",
      undo: true,
      codeSigning: { kind: "none" },
      commit: this.commit(),
      makeDelta,
      workDirectory,
      progress: () => {},
      ...changes,
    });
  }

  async run(args: readonly string[], env: Record<string, string> = {}): Promise<CommandResult> {
    const script = join(REPOSITORY, "scripts/release.ts");
    return await runCommand([Deno.execPath(), "run", "-A", "--quiet", "--no-check", script, ...args], {
      env: { TMPDIR: this.path, ...env }, // what a killed publish leaves behind goes with the lab
    });
  }

  async expect(...args: string[]): Promise<void> {
    const { code, stderr } = await this.run(args);
    if (code !== 0) throw new Error(`release ${args.join(" ")}: ${stderr}`);
  }

  async problems(): Promise<readonly ChannelProblem[]> {
    return (await verifyChannel(this.channel)).problems;
  }

  async offers(): Promise<string[]> {
    const { releases } = await verifyChannel(this.channel);
    return releases.map(({ channel, platform, version }) => `${channel} ${platform} ${version}`).sort();
  }
}

/** Bytes that do not compress and are the same each time. */
function noise(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let place = 0; place < length; place++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[place] = state >>> 24;
  }
  return bytes;
}

/** The message of what a promise fails with, such as `WL_RELEASE_BUSY: Cannot ...`. */
export async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error && "code" in error ? `${error.code}: ${error.message}` : String(error);
  }
  return "no failure";
}
