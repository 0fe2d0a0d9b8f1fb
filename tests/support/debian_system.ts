import { runChecked } from "./run_command.ts";

/** A slow mirror needs minutes for the 150 MB of the largest. */
const BUILD_MILLISECONDS = 20 * 60_000;

/** A Debian to be built, and where. */
export interface DebianSystem {
  /** Such as "trixie". */
  readonly suite: string;
  /** What it has besides the essential packages. */
  readonly packages: readonly string[];
  readonly format: "directory" | "tar";
  /** Further options of mmdebstrap. */
  readonly options: readonly string[];
  /** The folder or archive to be written. */
  readonly output: string;
}

/** Builds a Debian. The packages come from WINDLASS_DEBIAN_MIRROR, or from where apt gets its own. */
export async function buildDebianSystem(
  { suite, packages, format, options, output }: DebianSystem,
): Promise<void> {
  const mirror = Deno.env.get("WINDLASS_DEBIAN_MIRROR");
  await runChecked([
    ...["unshare", "--mount", "--propagation", "private", "--", "mmdebstrap"],
    ...["--mode=root", "--variant=minbase", "--architectures=amd64", `--format=${format}`],
    `--include=${packages.join(",")}`,
    ...options,
    "--keyring=/usr/share/keyrings",
    '--aptopt=Acquire::Check-Valid-Until "false"',
    '--aptopt=Acquire::Check-Date "false"',
    '--aptopt=Acquire::Retries "5"', // a mirror may fail once
    '--aptopt=Acquire::Languages "none"',
    ...["doc", "man", "locale"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    ...[suite, output],
    ...(mirror ? [mirror] : []),
  ], { deadlineMilliseconds: BUILD_MILLISECONDS, env: { LC_ALL: "C.UTF-8" } });
}
