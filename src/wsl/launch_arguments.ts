import type { LaunchOptions } from "./wsl.ts";

/**
 * The arguments of a launch. `--exec` with an absolute path, so that no shell reads the arguments and no search
 * path matters; `--cd`, since otherwise wsl translates our own working directory, and warns when it cannot.
 */
export function launchArguments(options: LaunchOptions): readonly string[] {
  const { distro, user = "root", cwd = "/", argv } = options;
  const asUser = user === null ? [] : ["--user", user];
  return ["--distribution", distro, ...asUser, "--cd", cwd, "--exec", ...argv];
}
