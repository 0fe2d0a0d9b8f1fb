/** What every image must be: the list that `check_image.ts` goes through. */
export interface ImageRules {
  /** Files that something else relies on, with their exact permission bits. */
  readonly files: Readonly<Record<string, number>>;
  /** Folders that a distro needs, with their exact permission bits. */
  readonly folders: Readonly<Record<string, number>>;
  /** Symbolic links and where they point. */
  readonly links: Readonly<Record<string, string>>;
  /** What must not exist, with the reason that is reported. */
  readonly forbidden: readonly (readonly [RegExp, string])[];
  /** Most bytes that the uncompressed archive may have. */
  readonly maximumBytes: number;
  /** Lines that `/etc/wsl.conf` must have, by section. */
  readonly wslConfiguration: Readonly<Record<string, readonly string[]>>;
}

const DISTRO_CONFIGURATION = {
  boot: ["systemd = false"],
  interop: ["enabled = false", "appendWindowsPath = false"],
  network: ["generateHosts = true", "generateResolvConf = true"],
  user: ["default = root"],
  general: ["guiApplications = false"],
} as const;

const FOLDERS = {
  dev: 0o755,
  etc: 0o755,
  mnt: 0o755,
  proc: 0o755,
  root: 0o700,
  run: 0o755,
  sys: 0o755,
  tmp: 0o1777,
  "usr/lib/windlass": 0o755,
  var: 0o755,
} as const;

/** Lines of `/etc/wsl-distribution.conf`, of both distros: nothing of them shows on the user's desktop. */
export const DISTRIBUTION_CONFIGURATION: Readonly<Record<string, readonly string[]>> = {
  shortcut: ["enabled = false"],
  windowsterminal: ["enabled = false"],
};

/** The engine distro. */
export const ENGINE_RULES: ImageRules = {
  files: {
    "etc/docker/daemon.json": 0o644,
    "etc/group": 0o644,
    "etc/nsswitch.conf": 0o644,
    "etc/passwd": 0o644,
    "etc/timezone": 0o644,
    "etc/ssl/certs/ca-certificates.crt": 0o644,
    "etc/wsl-distribution.conf": 0o644,
    "etc/wsl.conf": 0o644,
    "usr/bin/bash": 0o755,
    "usr/bin/busybox": 0o755,
    "usr/bin/containerd": 0o755,
    "usr/bin/containerd-shim-runc-v2": 0o755,
    "usr/bin/docker": 0o755,
    "usr/bin/git": 0o755,
    "usr/bin/ip": 0o755,
    "usr/bin/mount": 0o755,
    "usr/bin/nsenter": 0o755,
    "usr/bin/pigz": 0o755,
    "usr/bin/ps": 0o755,
    "usr/bin/ssh": 0o755,
    "usr/bin/tini-static": 0o755,
    "usr/bin/umount": 0o755,
    "usr/bin/unshare": 0o755,
    "usr/bin/xz": 0o755,
    "usr/lib/git-core/git-remote-http": 0o755,
    "usr/lib/windlass/add-credential-stand-ins": 0o755,
    "usr/lib/windlass/agent": 0o755,
    "usr/lib/windlass/missing-credential-helper": 0o755,
    "usr/lib/windlass/rehearse": 0o755,
    "usr/lib/windlass/completions/docker.bash": 0o644,
    "usr/lib/windlass/completions/docker.fish": 0o644,
    "usr/lib/windlass/completions/docker.zsh": 0o644,
    "usr/lib/windlass/images/sample.tar": 0o644,
    "usr/lib/windlass/port-proxy": 0o755,
    "usr/lib/windlass/workspace": 0o755,
    "usr/libexec/docker/cli-plugins/docker-buildx": 0o755,
    "usr/libexec/docker/cli-plugins/docker-compose": 0o755,
    "usr/sbin/docker-proxy": 0o755,
    "usr/sbin/dockerd": 0o755,
    "usr/sbin/runc": 0o755,
    "usr/sbin/xtables-nft-multi": 0o755,
    "var/lib/dpkg/status": 0o644,
  },
  folders: { ...FOLDERS, "usr/lib/locale/C.utf8": 0o755, "var/lib": 0o755, "var/log": 0o755 },
  links: {
    bin: "usr/bin",
    lib: "usr/lib",
    lib64: "usr/lib64",
    sbin: "usr/sbin",
    "usr/bin/sh": "dash",
    "etc/os-release": "../usr/lib/os-release",
  },
  forbidden: [
    [/^usr\/share\/(man|info|locale)\//, "documentation and translations"],
    [/^usr\/share\/doc\/(?!([^/]+\/)?(copyright)?$)/, "documentation other than licences"],
    [/^usr\/lib\/locale\/(?!C\.utf8\/)./, "a locale other than C.UTF-8"],
    [/^(run|tmp|dev|root|var\/cache|var\/log|var\/tmp)\/./, "what a build leaves behind"],
    [/^etc\/(machine-id|ld\.so\.cache|resolv\.conf|hostname|shadow|gshadow)$/, "state of one machine"],
    [
      /^usr\/s?bin\/(ctr|containerd-stress|perl.*|apt.*|dpkg.*|passwd|su|login|useradd)$/,
      "an unused program",
    ],
    [/^usr\/lib\/windlass\/(deno|agent\.js)$/, "a component that is added at import"],
    [/(^|\/)\.\.?(\/|$)/, "a path that is not plain"],
  ],
  maximumBytes: 420_000_000,
  wslConfiguration: { ...DISTRO_CONFIGURATION, automount: ["enabled = true", "mountFsTab = false"] },
};

/** The data distro. */
export const DATA_RULES: ImageRules = {
  files: {
    "bin/busybox": 0o755,
    "etc/group": 0o644,
    "etc/passwd": 0o644,
    "etc/wsl-distribution.conf": 0o644,
    "etc/wsl.conf": 0o644,
    "usr/lib/windlass/share-data": 0o755,
  },
  folders: { ...FOLDERS, "var/lib/windlass": 0o755 },
  links: { "bin/sh": "busybox", "bin/mount": "busybox", "bin/umount": "busybox", "bin/stat": "busybox" },
  forbidden: [[/(^|\/)\.\.?(\/|$)/, "a path that is not plain"], [
    /^(run|tmp|dev|root)\/./,
    "state of one machine",
  ]],
  maximumBytes: 4_000_000,
  wslConfiguration: { ...DISTRO_CONFIGURATION, automount: ["enabled = false", "mountFsTab = false"] },
};
