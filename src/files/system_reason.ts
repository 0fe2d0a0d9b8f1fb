/** What the system said of a failed call, without the paths that Deno adds: "Is a directory (os error 21)". */
export function systemReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^.*?\(os error \d+\)/.exec(message)?.[0] ?? message;
}
