import type { Problem } from "../../api/resources/problems.ts";
import { writeDockerContext } from "../../docker_context/docker_context.ts";
import { problemOf } from "../../errors/problem_of.ts";
import type { Log } from "../../logging/log.ts";
import type { Home } from "../home.ts";
import type { Machine } from "../machine/machine.ts";

/** What {@linkcode startWarnings} looks at. */
export interface StartWarningsOptions {
  readonly machine: Pick<Machine, "checkHome">;
  readonly home: Home;
  /** Docker's configuration folder; none if it is not known. */
  readonly dockerConfig: string | undefined;
  readonly log: Log;
}

/** Does what a host can do without at its start, and says what of it has failed. Never rejects. */
export async function startWarnings(options: StartWarningsOptions): Promise<Problem[]> {
  const { machine, home, dockerConfig, log } = options;
  const problems: Problem[] = [];
  const attempt = async (event: string, work: () => void | Promise<void>) => {
    try {
      await work();
    } catch (error) {
      const problem = problemOf(error);
      log("warn", event, { reason: problem.message });
      problems.push(problem);
    }
  };
  await attempt("home.open", () => machine.checkHome(home));
  if (home.isDefault && dockerConfig !== undefined) {
    await attempt("docker.context.failed", () => writeDockerContext(dockerConfig, home.dockerHost));
  }
  return problems;
}
