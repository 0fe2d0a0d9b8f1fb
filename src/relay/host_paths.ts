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

/** What the body of a request describes, as far as host paths are concerned. */
export type BodySubject = "container" | "volume" | "service";

/**
 * The engine's name for a path of the client's machine, or `undefined` if the text is to stay as it is (a
 * volume's name, a path that the engine knows already). Pure, and translating a result again changes nothing.
 */
export type TranslatePath = (source: string) => string | undefined;

interface Edit {
  readonly span: Span;
  readonly text: string;
}

const TEXT_ENCODER = new TextEncoder();

/**
 * Replaces the host paths in the JSON body of a request and leaves every other byte as it is.
 *
 * Keys are matched as Go's decoder matches them. Where a key is given twice, paths in all of its values are
 * replaced, because the decoder merges them; what decides about a path, such as `Type`, is taken from the last.
 *
 * @returns `undefined` if nothing changes.
 * @example
 * ```ts
 * translateBody(bytes, "container", (source) => source.startsWith("/") ? `/mnt/c${source}` : undefined);
 * ```
 */
export function translateBody(
  body: Uint8Array,
  subject: BodySubject,
  translate: TranslatePath,
): Uint8Array | undefined {
  const collector = new EditCollector(body, translate);
  collector.visit(subject);
  return collector.edits.length === 0 ? undefined : applyEdits(body, collector.edits);
}

class EditCollector {
  readonly edits: Edit[] = [];

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
      const source = this.translate(bind.source);
      if (source !== undefined) this.edits.push({ span: element, text: source + bind.rest });
    }
  }

  #mounts(mounts: Span): void {
    for (const mount of arrayElements(this.text, mounts)) {
      const type = fieldString(this.text, mount, "Type");
      if (type === "bind") {
        for (const source of fieldValues(this.text, mount, "Source")) this.#path(source);
      } else if (type === "volume") {
        for (const options of fieldValues(this.text, mount, "VolumeOptions")) {
          for (const driver of fieldValues(this.text, options, "DriverConfig")) {
            this.#volume(driver, "Name", "Options");
          }
        }
      }
    }
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
    const translated = source === undefined ? undefined : this.translate(source);
    if (translated !== undefined) this.edits.push({ span, text: translated });
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
