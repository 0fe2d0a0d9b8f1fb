/**
 * Process ids of programs that the agent runs for itself in the engine's network. They are not
 * ended as leftovers of an engine; each is in the list until it has ended.
 */
const OWN_PROGRAMS = new Set<number>();

/** The programs that run now. */
export function ownPrograms(): ReadonlySet<number> {
  return OWN_PROGRAMS;
}

/** Notes a program that was just started. */
export function noteOwnProgram(child: Pick<Deno.ChildProcess, "pid" | "status">): void {
  OWN_PROGRAMS.add(child.pid);
  const ended = () => void OWN_PROGRAMS.delete(child.pid);
  child.status.then(ended, ended);
}
