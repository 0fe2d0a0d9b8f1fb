/** A kind of distro that users have. */
export interface UserDistroKind {
  readonly base: "busybox" | "debian";
  /** /etc/wsl.conf. */
  readonly settings: string;
  /** A script of sh that root runs in the new distro. */
  readonly setUp: string;
  readonly automountRoot: string;
  /** The kind of WSL that it is registered for. */
  readonly version: 1 | 2;
}

const DEFAULT_USER = "[user]\ndefault=me\n";
const ORDINARY = { settings: DEFAULT_USER, setUp: "", automountRoot: "/mnt/", version: 2 } as const;

/** The kinds that the tests are run in; each has the users `me` (1000, the default) and `other` (1001). */
export const USER_DISTRO_KINDS = {
  /** bash, Node.js, Python with Docker's library, and the folders of systemd's tmpfiles. */
  debian: { ...ORDINARY, base: "debian" },
  /** No bash, no /etc/profile.d, no /usr/local, no libc. */
  busybox: { ...ORDINARY, base: "busybox" },
  /** The user's shell is fish. */
  fish: { ...ORDINARY, base: "debian", setUp: "usermod --shell /usr/bin/fish me" },
  /** Drives at /c instead of /mnt/c, and with them the folder that all distros share. */
  automountRoot: {
    ...ORDINARY,
    base: "busybox",
    settings: `${DEFAULT_USER}[automount]\nroot=/\n`,
    setUp: "mkdir -p /etc/profile.d",
    automountRoot: "/",
  },
  /** A docker of the user's own, and the group that Debian's package makes, with `other` as its only member. */
  ownDocker: {
    ...ORDINARY,
    base: "debian",
    setUp: `groupadd --gid 998 docker && usermod --append --groups docker other
printf '#!/bin/sh\\necho "a docker of the user: $*"\\n' > /usr/bin/docker && chmod 755 /usr/bin/docker`,
  },
  /** Of WSL 1: it is listed and never runs. */
  wsl1: { ...ORDINARY, base: "busybox", version: 1 },
} as const satisfies Record<string, UserDistroKind>;

/** The name of a kind. */
export type UserDistroKindName = keyof typeof USER_DISTRO_KINDS;

/** The kinds that can be switched on. */
export const WORKSPACE_KINDS: readonly UserDistroKindName[] =
  (Object.keys(USER_DISTRO_KINDS) as UserDistroKindName[]).filter((kind) =>
    USER_DISTRO_KINDS[kind].version === 2
  );
