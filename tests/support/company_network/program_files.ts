import { buildOnce } from "../build_once.ts";
import { buildDebianSystem } from "../debian_system.ts";
import { cachePath } from "../repository.ts";

const SUITE = "bookworm";

/** What companies run between their machines and the internet, and the registries on both sides. */
const PACKAGES = [
  "apache2-utils", // htpasswd: the only passwords that the registry takes are bcrypt
  "busybox", // httpd
  "docker-registry",
  "squid-openssl", // the squid that can also open TLS
  "tinyproxy-bin",
];

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
  await buildDebianSystem({
    suite: SUITE,
    packages: PACKAGES,
    format: "directory",
    options: [
      '--customize-hook=touch "$1/etc/hosts" "$1/etc/resolv.conf"', // something is mounted over them
    ],
    output: partial,
  });
}
