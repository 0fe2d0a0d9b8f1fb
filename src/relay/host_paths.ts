import {
  arrayElements,
  fieldString,
  fieldValues,
  objectMembers,
  rootValue,
  type Span,
  stringValue,
} from "./json_spans.ts";
import { splitBind } from "./bind_text.ts";
import { ENGINE_SOCKET, refusalMessage, type RefusedPath, type TranslatePath } from "./translate_path.ts";

/** What the body of a request describes, as far as host paths are concerned. */
export type BodySubject = "container" | "volume" | "service";

/** What {@linkcode translateBody} made of a body. */
export type BodyTranslation =
  | { readonly kind: "unchanged" }
  | { readonly kind: "changed"; readonly body: Uint8Array }
  /** The request must not reach the engine; `message` is the sentence for its client. */
  | { readonly kind: "refused"; readonly message: string };

interface Edit {
  readonly span: Span;
  readonly text: string;
}

const COLON_IN_BIND = "its name has a colon, which ends a path in this form; use '--mount' instead of '-v'";
const PIPE_TARGET =
  "a Linux container has no pipes of Windows; mount it at '/var/run/docker.sock', where it is a socket";

const TEXT_ENCODER = new TextEncoder();

/**
 * Replaces the host paths in the JSON body of a request and leaves every other byte as it is.
 *
 * Keys are matched as Go's decoder matches them. Where a key is given twice, paths in all of its values are
 * replaced, because the decoder merges them; what decides about a path, such as `Type`, is taken from the last.
 *
 * @example
 * ```ts
 * translateBody(bytes, "container", (source) => source.startsWith("/") ? `/mnt/c${source}` : undefined);
 * ```
 */
export function translateBody(
  body: Uint8Array,
  subject: BodySubject,
  translate: TranslatePath,
): BodyTranslation {
  const collector = new EditCollector(body, translate);
  collector.visit(subject);
  if (collector.refusal !== undefined) return { kind: "refused", message: collector.refusal };
  if (collector.edits.length === 0) return { kind: "unchanged" };
  return { kind: "changed", body: applyEdits(body, collector.edits) };
}

class EditCollector {
  readonly edits: Edit[] = [];
  /** The first path that is refused. */
  refusal: string | undefined;

  constructor(private readonly text: Uint8Array, private readonly translate: TranslatePath) {}

  visit(subject: BodySubject): void {
    const root = rootValue(this.text);
    switch (subject) {
      case "container":
        for (const host of fieldValues(this.text, root, "HostConfig")) {
          for (const binds of fieldValues(this.text, host, "Binds")) this.#binds(binds);
          for (const mounts of fieldValues(this.text, host, "Mounts")) this.#mounts(mounts);
        }
        return;
      case "volume":
        this.#volume(root, "Driver", "DriverOpts");
        return;
      case "service":
        for (const task of fieldValues(this.text, root, "TaskTemplate")) {
          for (const container of fieldValues(this.text, task, "ContainerSpec")) {
            for (const mounts of fieldValues(this.text, container, "Mounts")) this.#mounts(mounts);
          }
        }
        return;
    }
  }

  #binds(binds: Span): void {
    for (const element of arrayElements(this.text, binds)) {
      const bind = splitBind(stringValue(this.text, element) ?? "");
      if (bind === undefined) continue;
      const source = this.#translated(bind.source);
      if (source === undefined) continue;
      // The engine would end the source at the first colon.
      if (source.includes(":")) this.#refuse(bind.source, { refused: COLON_IN_BIND });
      else this.edits.push({ span: element, text: source + bind.rest });
    }
  }

  #mounts(mounts: Span): void {
    for (const mount of arrayElements(this.text, mounts)) {
      const type = fieldString(this.text, mount, "Type");
      if (type === "bind") {
        for (const source of fieldValues(this.text, mount, "Source")) this.#path(source);
      } else if (type === "npipe") {
        this.#pipe(mount);
      } else if (type === "volume") {
        for (const options of fieldValues(this.text, mount, "VolumeOptions")) {
          for (const driver of fieldValues(this.text, options, "DriverConfig")) {
            this.#volume(driver, "Name", "Options");
          }
        }
      }
    }
  }

  /** A pipe that leads to the engine becomes a bind of its socket: to this engine, pipes mean nothing. */
  #pipe(mount: Span): void {
    const source = fieldString(this.text, mount, "Source");
    if (this.#translated(source) !== ENGINE_SOCKET) return;
    if (!fieldString(this.text, mount, "Target").startsWith("/")) {
      return this.#refuse(source, { refused: PIPE_TARGET });
    }
    for (const type of fieldValues(this.text, mount, "Type")) this.edits.push({ span: type, text: "bind" });
    for (const span of fieldValues(this.text, mount, "Source")) this.#path(span);
  }

  /** A volume of the local driver that is a bind mount: `o=bind`, `device=/host/path`. */
  #volume(object: Span | undefined, nameField: string, optionsField: string): void {
    const driver = fieldString(this.text, object, nameField);
    if (driver !== "" && driver !== "local") return;
    const options = fieldValues(this.text, object, optionsField);
    // These are keys of a map, not of a struct: the decoder takes them letter by letter.
    const entries = options.flatMap((span) => objectMembers(this.text, span));
    let mountOptions = "";
    for (const { key, value } of entries) {
      if (key === "o") mountOptions = stringValue(this.text, value) ?? "";
    }
    if (!mountOptions.split(",").some((option) => option === "bind" || option === "rbind")) return;
    for (const { key, value } of entries) {
      if (key === "device") this.#path(value);
    }
  }

  #path(span: Span): void {
    const source = stringValue(this.text, span);
    const translated = source === undefined ? undefined : this.#translated(source);
    if (translated !== undefined) this.edits.push({ span, text: translated });
  }

  #translated(source: string): string | undefined {
    const translated = this.translate(source);
    if (typeof translated !== "object") return translated;
    this.#refuse(source, translated);
    return undefined;
  }

  #refuse(source: string, refused: RefusedPath): void {
    this.refusal ??= refusalMessage(source, refused);
  }
}

function applyEdits(body: Uint8Array, edits: Edit[]): Uint8Array {
  edits.sort((left, right) => left.span.start - right.span.start);
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { span, text } of edits) {
    parts.push(body.subarray(from, span.start), TEXT_ENCODER.encode(JSON.stringify(text)));
    from = span.end;
  }
  parts.push(body.subarray(from));
  return concatBytes(parts);
}

/** One array with the bytes of all. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
