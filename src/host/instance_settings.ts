import { createHash } from "node:crypto";
import {
  leaveDockerContext,
  useDockerContext,
  writeDockerContext,
} from "../docker_context/docker_context.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { OPERATING_SYSTEM } from "../platform/operating_system.ts";
import { noStartAtSignIn, type SignInProgram, startAtSignIn } from "../platform/start_at_sign_in.ts";
import { settingsFiles, type SettingsPaths } from "../settings/settings_files.ts";
import type { SettingKey, Settings } from "../settings/settings_schema.ts";
import { SettingsStore } from "../settings/settings_store.ts";
import { type Home, policyFile } from "./home.ts";

/** Whose settings they are, and what they have an effect on. */
export interface InstanceSettingsOptions {
  readonly home: Home;
  /** Path of the packaged executable. */
  readonly executable: string;
  /** Docker's configuration folder; none if it is not known. */
  readonly dockerConfig: string | undefined;
  /** What dockerd says against options, if there is one to ask. */
  readonly checkDaemonOptions?: (
    options: Settings["engine.daemonOptions"],
    signal: AbortSignal,
  ) => Promise<string | undefined>;
}

/** Digits of the hash that tells apart the sign-in entries of several homes. */
const ENTRY_DIGITS = 8;

/** What is done at a start is a small file each. */
const FOLLOW_MILLISECONDS = 10_000;

/** Opens the settings of an instance; a change of them is made to the machine as well. */
export async function openInstanceSettings(options: InstanceSettingsOptions): Promise<SettingsStore> {
  const paths: SettingsPaths = { settings: options.home.settingsFile, policy: policyFile(OPERATING_SYSTEM) };
  return await SettingsStore.open({
    files: settingsFiles(paths),
    paths,
    apply: (values, changed, signal) => applySettings(options, { values, changed, signal }),
  });
}

/**
 * Makes the machine as the settings want it. Repeating it changes nothing.
 *
 * @throws {WindlassError} Why the first of them cannot be: the settings are then not to be written.
 */
export async function applySettings(
  { home, executable, dockerConfig, checkDaemonOptions }: InstanceSettingsOptions,
  { values, changed, signal }: {
    readonly values: Settings;
    readonly changed: readonly SettingKey[];
    readonly signal: AbortSignal;
  },
): Promise<void> {
  if (changed.includes("engine.daemonOptions")) {
    const problem = await checkDaemonOptions?.(values["engine.daemonOptions"], signal);
    if (problem !== undefined) {
      throw new WindlassError("WL_DAEMON_OPTIONS_INVALID", `Cannot set 'engine.daemonOptions': ${problem}`);
    }
  }
  if (changed.includes("docker.useContext")) {
    await useContext(values["docker.useContext"], home, dockerConfig);
  }
  if (changed.includes("startAtSignIn")) {
    const program = signInProgram(home, executable);
    await (values.startAtSignIn ? startAtSignIn(program) : noStartAtSignIn(program.name));
  }
}

/**
 * Makes the machine as the settings are at the start of a host: the executable may have moved, or the file have been
 * changed by hand. Resolves to what could not be.
 */
export async function followSettings(
  options: InstanceSettingsOptions,
  values: Settings,
): Promise<WindlassError[]> {
  // A context that the user has chosen meanwhile stays.
  const changed: readonly SettingKey[] = values["docker.useContext"]
    ? ["startAtSignIn", "docker.useContext"]
    : ["startAtSignIn"];
  const problems: WindlassError[] = [];
  for (const key of changed) {
    const signal = AbortSignal.timeout(FOLLOW_MILLISECONDS);
    await applySettings(options, { values, changed: [key], signal }).catch((error) => {
      if (!(error instanceof WindlassError)) throw error;
      problems.push(error);
    });
  }
  return problems;
}

/** Takes away what settings have done to the machine outside the home; for the end of an installation. */
export async function undoSettings(home: Home): Promise<void> {
  await noStartAtSignIn(entryName(home));
}

function signInProgram(home: Home, executable: string): SignInProgram {
  return {
    name: entryName(home),
    program: executable,
    args: ["start", "--on-demand"],
    ...home.isDefault ? {} : { environment: { WINDLASS_HOME: home.root } },
  };
}

function entryName(home: Home): string {
  if (home.isDefault) return "windlass";
  return `windlass-${createHash("sha256").update(home.root).digest("hex").slice(0, ENTRY_DIGITS)}`;
}

async function useContext(use: boolean, home: Home, folder: string | undefined): Promise<void> {
  if (!home.isDefault || folder === undefined) {
    if (!use) return;
    const state = home.isDefault ? "Docker's folder is not known" : "only the default home has one";
    throw new WindlassError("WL_NOT_SUPPORTED", `Cannot use the Docker context: ${state}`, {
      remedy: home.isDefault ? "Set HOME or DOCKER_CONFIG." : "Use 'windlass env' for this instance.",
    });
  }
  if (!use) return await leaveDockerContext(folder);
  await writeDockerContext(folder, home.dockerHost);
  await useDockerContext(folder);
}
