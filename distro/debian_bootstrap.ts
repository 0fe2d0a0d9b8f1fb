import { TAR_ENTRY_TIME } from "./tar_header.ts";
import { SUITE, WANTED_PACKAGES } from "./package_names.ts";
import { runProgram } from "./run_program.ts";

/** Where the keys are that a Debian archive may be signed with. */
const KEYRINGS = "/usr/share/keyrings";

/** Arguments that both ways of calling mmdebstrap share. */
const COMMON_ARGUMENTS: readonly string[] = [
  "--mode=root",
  "--architectures=amd64",
  "--include=?essential",
  `--include=${WANTED_PACKAGES.join(",")}`,
];

/**
 * Downloads what the archive has today of everything wanted into `folder`. Its signature and every hash beneath
 * are checked by apt. How long ago it was signed is not: a suite that Debian has closed stays usable, and what may
 * go in is for the lock to say.
 */
export async function downloadPackages(folder: string, signal?: AbortSignal): Promise<void> {
  const mirror = Deno.env.get("WINDLASS_DEBIAN_MIRROR");
  await runBootstrap([
    ...COMMON_ARGUMENTS,
    "--variant=extract",
    "--format=null",
    '--aptopt=Acquire::Check-Valid-Until "false"',
    '--aptopt=Acquire::Check-Date "false"',
    `--keyring=${KEYRINGS}`,
    '--extract-hook=cp "$1"/var/cache/apt/archives/*.deb "$WINDLASS_PACKAGE_FOLDER"',
    SUITE,
    "-",
    ...(mirror === undefined || mirror === "" ? [] : [mirror]),
  ], { environment: { WINDLASS_PACKAGE_FOLDER: folder }, signal });
}

/**
 * Installs everything wanted from `folder` into the new folder `root`, without a network. The folder needs an
 * index (`indexPackages()`), and its files must have been checked: no signature covers them here.
 */
export async function installPackages(folder: string, root: string, signal?: AbortSignal): Promise<void> {
  await runBootstrap([
    ...COMMON_ARGUMENTS,
    "--variant=custom",
    "--format=directory",
    SUITE,
    root,
    `deb [trusted=yes] copy://${folder} ./`,
  ], { environment: { SOURCE_DATE_EPOCH: String(TAR_ENTRY_TIME) }, signal });
}

interface BootstrapOptions {
  readonly environment: Record<string, string>;
  readonly signal: AbortSignal | undefined;
}

/** In a mount namespace of its own, so that a killed run leaves no mount behind. */
async function runBootstrap(bootstrapArguments: string[], options: BootstrapOptions): Promise<void> {
  const environment = { LC_ALL: "C.UTF-8", TZ: "UTC", ...options.environment };
  const program = ["--mount", "--propagation", "private", "--", "mmdebstrap", ...bootstrapArguments];
  await runProgram("unshare", program, { environment, signal: options.signal });
}
