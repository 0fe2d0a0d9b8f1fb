import { errorText } from "../../errors/error_text.ts";
import { unlessMissingSync } from "../../errors/unless_missing.ts";
import type { Log } from "../../logging/log.ts";
import { aborted, sleep } from "../../timing/sleep.ts";
import { CERTIFICATES_FOLDER, CERTIFICATES_NAME, SYSTEM_CERTIFICATES } from "../protocol/distro_paths.ts";
import type { CertificatesInUse } from "../protocol/rpc_messages.ts";
import { bundleText, ownPart } from "./bundle_text.ts";

/** The host reads the stores while the engine starts; without an answer by then, Docker does without for the time being. */
const ARRIVAL_MILLISECONDS = 3_000;

/** What a bundle depends on. */
export interface CertificateBundleOptions {
  readonly isDockerdRunning: () => boolean;
  readonly log: Log;
  /** The two files; replaced in tests. */
  readonly system?: string;
  readonly folder?: string;
  /** How long requests wait for the machine's certificates; replaced in tests. */
  readonly arrivalMilliseconds?: number;
}

/**
 * The certificates that programs in the engine distro trust: Debian's own and those of the user's machine. They are in two
 * files, which are only ever replaced as a whole: the one that every program of Debian reads, and one for dockerd and the
 * containers.
 */
export class CertificateBundle {
  readonly #options: CertificateBundleOptions;
  readonly #system: string;
  readonly #file: string;
  readonly #arrived = new AbortController();
  /** Starts with the first request that waits. */
  #patience: Promise<void> | undefined;
  /** What the machine trusts, as it sent it. */
  #pem: string | undefined;
  /** What the dockerd that runs has read or will read: Go reads its roots once, with the first connection. */
  #read: string | undefined;
  #forContainers = false;
  /** Writes are made one after the other. */
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(options: CertificateBundleOptions) {
    this.#options = options;
    const { system = SYSTEM_CERTIFICATES, folder = CERTIFICATES_FOLDER } = options;
    this.#system = system;
    this.#file = `${folder}/${CERTIFICATES_NAME}`;
  }

  /** Whether new containers are to get the bundle. */
  get forContainers(): boolean {
    return this.#forContainers;
  }

  /**
   * Makes the file for dockerd and the containers out of what the distro has: Debian's certificates, and the machine's of
   * the engine's last life. Containers that dockerd starts again have it mounted, so it is there first. Never throws.
   */
  prepare(): void {
    try {
      Deno.mkdirSync(parentOf(this.#file), { recursive: true, mode: 0o755 });
      const text = unlessMissingSync(() => Deno.readTextFileSync(this.#system)) ?? "";
      const next = `${this.#file}.new`;
      Deno.writeTextFileSync(next, text, { mode: 0o644 });
      Deno.renameSync(next, this.#file);
    } catch (error) {
      this.#options.log("warn", "agent.certificates.failed", { reason: errorText(error) });
    }
  }

  /** The variables of a dockerd that starts now. */
  environment(debug = Deno.env.get("GODEBUG")): Readonly<Record<string, string>> {
    this.#read = this.#pem;
    return { SSL_CERT_FILE: this.#file, GODEBUG: withNegativeSerials(debug) };
  }

  /** Writes what the machine trusts, as PEM; without, only says what is in use. Rejects if the files cannot be written. */
  async set(pem: string | undefined, forContainers: boolean): Promise<CertificatesInUse> {
    this.#forContainers = forContainers;
    const mayHaveRead = this.#arrived.signal.aborted;
    if (pem !== undefined && pem !== this.#pem) await this.#replace(pem);
    // No request came to dockerd before the first certificates, unless they were overdue or could not be written.
    if (this.#pem !== undefined) this.#read ??= mayHaveRead ? "" : this.#pem;
    return { restartNeeded: this.#options.isDockerdRunning() && this.#read !== this.#pem };
  }

  /**
   * Resolves once the certificates of the machine have arrived, for the first time in the life of this agent, or when they
   * are overdue; rejects with the signal's reason.
   */
  async arrived(signal: AbortSignal): Promise<void> {
    if (this.#arrived.signal.aborted) return;
    const { arrivalMilliseconds: milliseconds = ARRIVAL_MILLISECONDS } = this.#options;
    this.#patience ??= sleep(milliseconds, this.#arrived.signal).then(() => {
      if (this.#arrived.signal.aborted) return;
      this.#options.log("warn", "agent.certificates.overdue", { milliseconds });
      this.#arrived.abort();
    });
    await Promise.race([this.#patience, aborted(signal)]);
    signal.throwIfAborted();
  }

  async #replace(pem: string): Promise<void> {
    this.#pem = pem;
    const write = this.#lastWrite.then(() => this.#write(pem));
    this.#lastWrite = write.catch(() => {});
    try {
      await write;
    } catch (error) {
      if (this.#pem === pem) this.#pem = undefined; // the next try is to write it
      throw error;
    } finally {
      this.#arrived.abort();
    }
  }

  async #write(pem: string): Promise<void> {
    const own = ownPart(await Deno.readTextFile(this.#system).catch(emptyIfMissing));
    const text = bundleText(own, pem);
    await replaceFile(this.#file, text);
    // git, which BuildKit runs without any variables of ours, reads Debian's file.
    await replaceFile(this.#system, text);
    this.#options.log("info", "agent.certificates.written", { characters: text.length - own.length });
  }
}

/** Go refuses certificates with a negative serial number, which the machine trusts, unless a variable says otherwise. Pure. */
export function withNegativeSerials(debug = ""): string {
  const values = debug.split(",").filter((value) => value !== "");
  if (!values.some((value) => value.startsWith("x509negativeserial="))) values.push("x509negativeserial=1");
  return values.join(",");
}

async function replaceFile(path: string, text: string): Promise<void> {
  const next = `${path}.new`;
  await Deno.writeTextFile(next, text, { mode: 0o644 });
  await Deno.rename(next, path);
}

function emptyIfMissing(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "";
  throw error;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
