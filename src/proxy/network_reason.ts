import { errorText } from "../errors/error_text.ts";

/** What went wrong, as Deno says it, without the address that the sentence around it names already. Pure. */
export function networkReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = errorText(cause);
  const reason = message.startsWith("error sending request ") ? message.indexOf(": client error") : -1;
  return (reason < 0 ? message : message.slice(reason + ": ".length)).replace(/^client error \(\w+\): /, "");
}
