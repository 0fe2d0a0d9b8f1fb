/** What the environment of a program in a distro is made from. */
export interface GuestEnvironmentInput {
  readonly distro: string;
  readonly hostname: string;
  /** Whether it can run programs of the machine. */
  readonly interop: boolean;
  /** The caller's variables, of which only those named by WSLENV go in. */
  readonly caller: Readonly<Record<string, string | undefined>>;
  /** Where the distro sees the host's files; `null` when it does not. */
  readonly driveRoot: string | null;
  /** The folder of the host that appears there. */
  readonly driveFolder: string;
}

const PATH =
  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/usr/lib/wsl/lib";

/**
 * The variables of a program beside HOME, USER, LOGNAME and SHELL, which come from the distro's own list of
 * users. The caller's environment stays outside but for what WSLENV names: `NAME[/flags]`, joined by colons;
 * `p` translates a path, `l` a list of paths, `u` is for this direction, `w` for the other only. An entry
 * with an unknown flag is skipped; a name that is not set becomes an empty variable.
 */
export function guestEnvironment(input: GuestEnvironmentInput): Record<string, string> {
  const { caller } = input;
  return {
    NAME: input.hostname,
    TERM: "xterm-256color",
    HOSTTYPE: Deno.build.arch,
    LANG: "en_US.UTF-8",
    PATH,
    WSL_DISTRO_NAME: input.distro,
    ...(input.interop ? { WSL_INTEROP: "/run/WSL/1_interop" } : {}),
    ...passedOn(caller.WSLENV ?? "", input),
    WSLENV: caller.WSLENV ?? "",
  };
}

function passedOn(list: string, input: GuestEnvironmentInput): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const item of list.split(":")) {
    const [name = "", flags = ""] = item.split("/", 2);
    if (name === "" || /[^plu]/.test(flags)) continue;
    const value = input.caller[name] ?? "";
    variables[name] = flags.includes("l")
      ? value.split(":").map((path) => guestPath(path, input) ?? path).join(":")
      : flags.includes("p")
      ? guestPath(value, input) ?? value
      : value;
  }
  return variables;
}

/** Where the distro sees an absolute path of the host; `null` when it does not. */
export function guestPath(
  hostPath: string,
  { driveRoot, driveFolder }: Pick<GuestEnvironmentInput, "driveRoot" | "driveFolder">,
): string | null {
  const folder = driveFolder === "/" ? "" : driveFolder;
  if (driveRoot === null || !`${hostPath}/`.startsWith(`${folder}/`)) return null;
  const rest = hostPath.slice(folder.length);
  return rest === "/" ? driveRoot : driveRoot + rest;
}

/** Where on the host a path in Windows form is, as `C:\srv` or `C:/srv`; `null` for other forms. */
export function hostPathOfWindowsPath(path: string, driveFolder: string): string | null {
  const match = /^[cC]:([\\/].*)?$/.exec(path);
  if (match === null) return null;
  return `${driveFolder}/${match[1] ?? ""}`.replaceAll("\\", "/").replace(/\/+/g, "/").replace(
    /(.)\/$/,
    "$1",
  );
}
