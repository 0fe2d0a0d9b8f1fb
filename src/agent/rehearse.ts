import { errorText } from "../errors/error_text.ts";
import { VERSION } from "../version.ts";
import { daemonOptionsOfAgent, daemonOptionsProblem } from "./engine/daemon_options.ts";
import { baseConfiguration } from "./engine/engine_machine.ts";
import { dockerdVersion } from "./engine/dockerd_version.ts";
import type { RehearsalReport } from "./protocol/rehearsal_report.ts";
import { versionIn } from "./engine/program_version.ts";

/** The programs of an engine, each with the arguments that make it print its version. */
const PROGRAMS: Readonly<Record<string, readonly [program: string, ...args: readonly string[]]>> = {
  dockerd: ["dockerd", "--version"],
  containerd: ["containerd", "--version"],
  "containerd-shim-runc-v2": ["containerd-shim-runc-v2", "-v"],
  runc: ["runc", "--version"],
  docker: ["docker", "--version"],
  buildx: ["docker", "buildx", "version"],
  compose: ["docker", "compose", "version"],
};
/** Each prints its version within a tenth of a second, on a slow disk within some; one that takes this long hangs. */
const PROGRAM_MILLISECONDS = 20_000;

/** Runs each program of this distro and has dockerd check its configuration, with the user's options and without. */
export async function rehearse(): Promise<RehearsalReport> {
  const programs: Record<string, string> = { deno: Deno.version.deno, agent: VERSION };
  const problems: string[] = [];
  // One after another: together they would take the memory of an engine that runs.
  for (const [name, command] of Object.entries(PROGRAMS)) {
    const answer = await askVersion(command);
    if (answer.version === undefined) problems.push(`${name} does not run: ${answer.problem}`);
    else programs[name] = answer.version;
  }
  if (programs["dockerd"] === undefined) return { programs, problems };
  await dockerdVersion(); // kept in the distro, so that its first start need not ask
  const problem = await daemonOptionsProblem({}, baseConfiguration());
  if (problem !== undefined) problems.push(`dockerd refuses its configuration: ${problem}`);
  const options = daemonOptionsOfAgent();
  if (problem !== undefined || Object.keys(options).length === 0) return { programs, problems };
  const optionsProblem = await daemonOptionsProblem(options, baseConfiguration());
  return { programs, problems, ...optionsProblem === undefined ? {} : { optionsProblem } };
}

async function askVersion(
  [program, ...args]: readonly [string, ...(readonly string[])],
): Promise<{ readonly version: string } | { readonly version?: undefined; readonly problem: string }> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      signal: AbortSignal.timeout(PROGRAM_MILLISECONDS),
    }).output();
    const version = code === 0 ? versionIn(new TextDecoder().decode(stdout)) : undefined;
    if (version !== undefined) return { version };
    const words = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
    return { problem: words ? `status ${code}, ${words}` : `status ${code}, and no version` };
  } catch (error) {
    return { problem: errorText(error) };
  }
}
