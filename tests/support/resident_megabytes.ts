/** What a process has in memory, shared pages too. @throws {Deno.errors.NotFound} if it has ended. */
export async function residentMegabytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1_024 / 1_000_000;
}
