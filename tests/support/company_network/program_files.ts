import { buildOnce } from "../build_once.ts";
import { cachePath } from "../repository.ts";
import { runChecked } from "../run_command.ts";

const SUITE = "bookworm";

/** What companies run between their machines and the internet, and the registries on both sides. */
const PACKAGES = [
  "apache2-utils", // htpasswd: the only passwords that the registry takes are bcrypt
  "busybox", // httpd
  "docker-registry",
  "squid-openssl", // the squid that can also open TLS
  "tinyproxy-bin",
];

/** A slow mirror needs minutes for the 60 MB. */
const BUILD_MILLISECONDS = 20 * 60_000;

/** Part of the folder's name: change it, and every machine builds it again. */
const RECIPE = 1;

/**
 * The root file system of a Debian with the programs of a company's network, never to be written to. Built on the first call
 * on a machine and kept, so that nothing is installed there. The packages come from WINDLASS_DEBIAN_MIRROR, or from where apt
 * gets its own.
 */
export async function openProgramFiles(): Promise<string> {
  const path = cachePath("company-network", `${SUITE}-${RECIPE}`);
  await buildOnce(path, build);
  return path;
}

async function build(partial: string): Promise<void> {
  console.error(`Building the programs of a company's network '${partial}' (once)`);
  const mirror = Deno.env.get("WINDLASS_DEBIAN_MIRROR");
  await runChecked([
    ...["unshare", "--mount", "--propagation", "private", "--", "mmdebstrap"],
    ...["--mode=root", "--variant=minbase", "--architectures=amd64", "--format=directory"],
    `--include=${PACKAGES.join(",")}`,
    '--customize-hook=touch "$1/etc/hosts" "$1/etc/resolv.conf"', // something is mounted over them
    "--keyring=/usr/share/keyrings",
    '--aptopt=Acquire::Check-Valid-Until "false"',
    '--aptopt=Acquire::Check-Date "false"',
    '--aptopt=Acquire::Retries "5"', // a mirror may fail once
    '--aptopt=Acquire::Languages "none"',
    ...["doc", "man", "locale"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    ...[SUITE, partial],
    ...(mirror ? [mirror] : []),
  ], { deadlineMilliseconds: BUILD_MILLISECONDS, env: { LC_ALL: "C.UTF-8" } });
}
