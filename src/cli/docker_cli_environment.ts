/** Variables by name, as a process has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** They choose an engine, which is always ours here. */
export const ENGINE_CHOICE: readonly string[] = [
  "DOCKER_HOST",
  "DOCKER_CONTEXT",
  "DOCKER_TLS",
  "DOCKER_TLS_VERIFY",
  "DOCKER_CERT_PATH",
];
/** Set by the launcher for Windlass itself. */
const OWN: readonly string[] = [
  "WINDLASS_EXECUTABLE",
  "WINDLASS_VERSION_ID",
  "WINDLASS_TRIAL",
  "WINDLASS_WSL_HELPER",
  "WINDLASS_OWN_CONSOLE",
  "WINDLASS_FOLDER",
];
/** Set by the launcher for the runtime. It keeps what the user had under such names; see `caller_environment.ts`. */
const RUNTIME_PREFIX = "DENO_";
/** Libraries of the machine would be loaded into a program that runs with the distro's C library. */
const LOADER: readonly string[] = ["LD_PRELOAD", "LD_AUDIT"];

/**
 * The variables of this process that a CLI on this machine must not get. Everything else is left alone: which variables
 * matter, only the CLI, its plugins and the user's files know. Pure.
 *
 * @example `variablesToDrop({ DOCKER_CONTEXT: "x", TAG: "1" })` is `["DOCKER_CONTEXT"]`.
 */
export function variablesToDrop(variables: Variables): string[] {
  const dropped = [...ENGINE_CHOICE, ...OWN, ...LOADER];
  return Object.keys(variables).filter((name) => dropped.includes(name) || name.startsWith(RUNTIME_PREFIX));
}

/** Makes a build have the engine fetch the tokens that registries want, unless it is set. */
const TOKENS_BY_ENGINE = "BUILDKIT_NO_CLIENT_TOKEN";

/**
 * What the CLI gets besides the variables of this process. In a build, BuildKit asks the CLI for the tokens of registries,
 * and that fetches them without the network proxy, which fails in a company's network. Pure.
 */
export function addedVariables(variables: Variables): Record<string, string> {
  const isSet = Object.keys(variables).some((name) => name.toUpperCase() === TOKENS_BY_ENGINE);
  return isSet ? {} : { [TOKENS_BY_ENGINE]: "1" };
}

/** How a program of Windows hands its variables to one of a distro. */
export interface DistroEnvironment {
  /** WSLENV: the names of the variables that cross as they are. Values do not become arguments, which any user can list. */
  readonly crossing: string;
  /** Paths, as the distro has them; arguments of env(1). */
  readonly translated: Readonly<Record<string, string>>;
}

/** Programs of Linux take these for their own: folders, the search path, the dynamic loader. */
const LINUX_OWN_REGEXP = /^(PATH|HOME|SHELL|PWD|OLDPWD|TMPDIR|LD_.*|WSL.*|XDG_RUNTIME_DIR|SSH_AUTH_SOCK)$/i;
/** Paths that the CLI and its plugins read, and what separates them if there may be several. */
const PATHS: Readonly<Record<string, string | undefined>> = {
  BUILDX_CONFIG: undefined,
  COMPOSE_ENV_FILES: ",",
  DOCKER_CONFIG: undefined,
  SSL_CERT_DIR: undefined,
  SSL_CERT_FILE: undefined,
  XDG_CACHE_HOME: undefined,
  XDG_CONFIG_HOME: undefined,
  XDG_DATA_HOME: undefined,
};
/** Lists of paths whose separator is a variable, and else the system's. */
const PATH_LISTS: Readonly<Record<string, string>> = {
  COMPOSE_FILE: "COMPOSE_PATH_SEPARATOR",
  BUILDX_BAKE_FILE: "BUILDX_BAKE_PATH_SEPARATOR",
};
/** What WSLENV cannot name. Windows also keeps the current folder of each drive as a variable such as `=C:`. */
const UNNAMEABLE_REGEXP = /[:/=]/;

/**
 * How the variables of a user of Windows reach a CLI that runs in a distro. Names of variables have no case there.
 * A variable that the user has in WSLENV crosses as it says there. Pure.
 *
 * @example `distroEnvironment({ TAG: "1", PATH: "C:\\bin" }, translate).crossing` is `"TAG"`.
 */
export function distroEnvironment(
  variables: Variables,
  translate: (path: string) => string,
): DistroEnvironment {
  const own = new Map((variables["WSLENV"] ?? "").split(":").map((entry) => [nameOf(entry), entry]));
  const dropped = new Set([...ENGINE_CHOICE, ...OWN]);
  const translated: Record<string, string> = {};
  const crossing: string[] = [];
  for (const [name, value] of Object.entries(variables)) {
    const upper = name.toUpperCase();
    if (value === undefined || UNNAMEABLE_REGEXP.test(name) || dropped.has(upper)) continue;
    const entry = own.get(upper);
    const list = PATH_LISTS[upper];
    if (list !== undefined) {
      const separator = variables[list];
      translated[upper] = value.split(separator ?? ";").map(translate).join(separator ?? ":");
    } else if (upper in PATHS) {
      const separator = PATHS[upper];
      translated[upper] = separator === undefined
        ? translate(value)
        : value.split(separator).map(translate).join(separator);
    } else if (entry !== undefined || !LINUX_OWN_REGEXP.test(name)) {
      crossing.push(entry ?? name);
    }
  }
  return { crossing: crossing.join(":"), translated };
}

function nameOf(entry: string): string {
  return entry.split("/", 1)[0]!.toUpperCase();
}
