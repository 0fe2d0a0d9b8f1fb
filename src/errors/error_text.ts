/** What an error says, for a log line or the end of a sentence. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
