/** The Debian release that the engine distro is made of. */
export const SUITE = "forky";

/**
 * The packages of the engine distro: its purpose, and what that requires at run time. Debian adds their dependencies, and its
 * essential packages.
 */
export const WANTED_PACKAGES: readonly string[] = [
  // The engine and the command lines that come with it.
  "docker.io",
  "docker-cli",
  "docker-compose",
  "docker-buildx",
  "containerd",
  "runc",
  "tini", // docker run --init
  "iptables", // the engine's own rules
  "procps", // docker top
  "kmod", // the engine loads br_netfilter and the like
  "ca-certificates",

  // What the engine runs for a build or a pull, if it is installed, and what would fail or be slow without it.
  "git", // build contexts and sources that are a repository
  "openssh-client", // the same, by ssh
  "xz-utils", // ADD of a .tar.xz
  "pigz", // layers are unpacked on several processors

  // For the agent, and for somebody who looks inside.
  "iproute2",
  "mount",
  "util-linux-extra",
  "busybox-static", // the sample image and the data distro use it, too
  "tzdata", // times in the user's zone

  // Creates the docker group at installation; the alternative would be the whole of systemd.
  "systemd-standalone-sysusers",
];
