/** The Debian release that the engine distro is made of. */
export const SUITE = "forky";

/**
 * What the engine distro is for, and what that needs at run time. Debian adds what these depend on, and its
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

  // What the engine runs for a build or a pull, if it is there, and what would fail or be slow without it.
  "git", // build contexts and sources that are a repository
  "openssh-client", // the same, by ssh
  "xz-utils", // ADD of a .tar.xz
  "pigz", // layers are unpacked on several processors

  // What the agent and someone who looks inside need.
  "iproute2",
  "mount",
  "util-linux-extra",
  "busybox-static", // also the sample image and the data distro
  "tzdata", // times in the user's zone

  // Creates the docker group at installation; the alternative would be the whole of systemd.
  "systemd-standalone-sysusers",
];
