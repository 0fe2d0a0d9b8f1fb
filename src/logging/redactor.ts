import { redactBuildCommands } from "./build_commands.ts";
import type { LogFields, LogLine } from "./log.ts";
import { redactNamedSecrets } from "./named_secrets.ts";
import { REDACTED } from "./redacted.ts";
import { redactSecretShapes } from "./secret_shapes.ts";
import { redactUrlCredentials } from "./url_credentials.ts";

export { REDACTED } from "./redacted.ts";

/** Characters of an event or a field that are kept: a message has fewer, a dump is cut. */
const FIELD_CHARACTERS = 8 * 1024;
/** Fields of a line that are kept: ours have a few, dockerd's some more. */
const FIELDS = 64;
/**
 * Takes out of text what looks like a password or a token before it is kept or shown: credentials in URLs and
 * headers, what is called a password, a secret, a token or a key, what has the shape of one, and every value that it
 * was given as a secret. The time that it takes is proportional to the length of the text, whatever that holds.
 *
 * @example
 * ```ts
 * new Redactor().text("proxy http://me:pw@proxy:3128"); // "proxy http://(redacted)@proxy:3128"
 * ```
 */
export class Redactor {
  readonly #secrets = new Set<string>();

  /** From now on this very text is taken out wherever it is. */
  hide(secret: string): void {
    if (secret !== "") this.#secrets.add(secret);
  }

  /** The text without its secrets. */
  text(text: string): string {
    let clean = text;
    for (const secret of this.#secrets) clean = clean.replaceAll(secret, REDACTED);
    return redactNamedSecrets(redactSecretShapes(redactUrlCredentials(redactBuildCommands(clean))));
  }

  /** The line without its secrets, its texts cut to a bounded length; the same object where nothing changes. */
  line(line: LogLine): LogLine {
    const event = this.#field(line.event);
    const fields = line.fields && this.#fields(line.fields);
    if (event === line.event && fields === line.fields) return line;
    return { ...line, event, ...(fields === undefined ? {} : { fields }) };
  }

  #field(text: string): string {
    // Cut with room first, so that a URL across the cut is still seen as a whole.
    const clean = this.text(text.slice(0, 2 * FIELD_CHARACTERS));
    if (clean.length <= FIELD_CHARACTERS && text.length <= 2 * FIELD_CHARACTERS) return clean;
    return `${clean.slice(0, FIELD_CHARACTERS)}... (${text.length} characters)`;
  }

  #fields(fields: LogFields): LogFields {
    const entries = Object.entries(fields);
    const clean = entries.slice(0, FIELDS).map(([name, value]) => {
      if (typeof value !== "string") return [name, value] as const;
      // Together they say what neither does alone: DB_PASS and its value.
      const together = this.text(`${name}=x`);
      return [name, together === `${name}=x` ? this.#field(value) : REDACTED] as const;
    });
    return clean.length === entries.length && clean.every(([, value], index) => value === entries[index]![1])
      ? fields
      : Object.fromEntries(clean);
  }
}
