import { filesBeneath } from "./input_key.ts";
import { runProgram } from "./run_program.ts";

/** Where the program lies in the engine distro; the user's distros run it from there. */
export const WORKSPACE_TOOL_PATH = "usr/lib/windlass/workspace";
/** The shells that docker writes completions for. */
export const COMPLETION_SHELLS = ["bash", "zsh", "fish"] as const;

const NATIVE = new URL("./native/workspace", import.meta.url).pathname;
const LAUNCHER = new URL("../src/launcher", import.meta.url).pathname;
/** Static: it runs in distros of any C library. Same sources, same bytes. */
const FLAGS = ["-static", "-Os", "-s", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE", "-Wl,--build-id=none"];

/** Sources that are not in the recipe's folder: SHA-256, which the launcher has. */
export const SHARED_SOURCES: readonly string[] = [
  `${LAUNCHER}/sha256.c`,
  `${LAUNCHER}/sha256.h`,
  `${LAUNCHER}/sha256_x86.c`,
];

/** Compiles the program that runs in the user's distros. */
export async function compileWorkspaceTool(target: string, signal?: AbortSignal): Promise<void> {
  const own = (await filesBeneath(NATIVE)).map((name) => `${NATIVE}/${name}`);
  const sources = [...own, ...SHARED_SOURCES].filter((path) => path.endsWith(".c"));
  await runProgram("gcc", [...FLAGS, `-I${LAUNCHER}`, "-o", target, ...sources], { signal });
  await Deno.chmod(target, 0o755);
}

/** Adds the program to an installed tree, and docker's completions, as its own docker writes them. */
export async function addWorkspaceTool(root: string, signal?: AbortSignal): Promise<void> {
  await compileWorkspaceTool(`${root}/${WORKSPACE_TOOL_PATH}`, signal);
  const folder = `${root}/usr/lib/windlass/completions`;
  await Deno.mkdir(folder);
  await Deno.chmod(folder, 0o755);
  for (const shell of COMPLETION_SHELLS) {
    const script = await runProgram("chroot", [root, "/usr/bin/docker", "completion", shell], { signal });
    await Deno.writeTextFile(`${folder}/docker.${shell}`, script);
    await Deno.chmod(`${folder}/docker.${shell}`, 0o644);
  }
}
