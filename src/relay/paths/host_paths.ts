import {
  arrayElements,
  fieldString,
  fieldValues,
  objectMembers,
  rootValue,
  type Span,
  stringValue,
} from "../http/json_spans.ts";
import { CERTIFICATES_FOLDER, CONTAINER_CERTIFICATES_FOLDER } from "../../agent/protocol/distro_paths.ts";
import { splitBind } from "./bind_text.ts";
import {
  ENGINE_SOCKET,
  type PathUse,
  refusalMessage,
  type RefusedPath,
  type TranslatedPath,
  type TranslatePath,
} from "./translate_path.ts";

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

/** A path in the body, and what its translation changes. */
interface FoundPath {
  readonly source: string;
  readonly use: PathUse;
  /** The edits, once the engine's name for it is known. */
  readonly change: (translated: string) => readonly Edit[] | RefusedPath;
}

const COLON_IN_BIND = "its name has a colon, which ends a path in this form; use '--mount' instead of '-v'";
const PIPE_TARGET =
  "a Linux container has no pipes of Windows; mount it at '/var/run/docker.sock', where it is a socket";

const TEXT_ENCODER = new TextEncoder();
const TEXT_DECODER = new TextDecoder();

/**
 * Replaces the host paths in the JSON body of a request and leaves every other byte as it is.
 *
 * Keys are matched as Go's decoder matches them. Where a key is given twice, paths in all of its values are
 * replaced, because the decoder merges them; what decides about a path, such as `Type`, is taken from the last.
 * The result is a promise only if a translation is one; that rejects as the translation does.
 *
 * @example
 * ```ts
 * translateBody(bytes, "container", (source) => source.startsWith("/") ? `/mnt/c${source}` : undefined, signal);
 * ```
 */
export function translateBody(
  body: Uint8Array,
  subject: BodySubject,
  translate: TranslatePath,
  signal: AbortSignal,
): BodyTranslation | Promise<BodyTranslation> {
  const finder = new PathFinder(body);
  finder.visit(subject);
  const edits: Edit[] = [];
  const known = new Map<string, TranslatedPath>();
  const translateFrom = (first: number): BodyTranslation | Promise<BodyTranslation> => {
    for (let index = first; index < finder.found.length; index++) {
      const { source, use, change } = finder.found[index]!;
      const key = `${use} ${source}`;
      if (!known.has(key)) {
        const answer = translate(source, use, signal);
        if (answer instanceof Promise) {
          return answer.then((translated) => {
            known.set(key, translated);
            return translateFrom(index);
          });
        }
        known.set(key, answer);
      }
      const translated = known.get(key);
      if (translated === undefined) continue;
      const changed = typeof translated === "string" ? change(translated) : translated;
      // The first path that is refused decides.
      if ("refused" in changed) return { kind: "refused", message: refusalMessage(source, changed) };
      for (const edit of changed) edits.push(edit);
    }
    if (edits.length === 0) return { kind: "unchanged" };
    return { kind: "changed", body: applyEdits(body, edits) };
  };
  return translateFrom(0);
}

class PathFinder {
  /** In the order of the body's fields. */
  readonly found: FoundPath[] = [];

  constructor(private readonly text: Uint8Array) {}

  visit(subject: BodySubject): void {
    const root = rootValue(this.text);
    switch (subject) {
      case "container":
        for (const host of fieldValues(this.text, root, "HostConfig")) {
          for (const binds of fieldValues(this.text, host, "Binds")) this.#binds(binds);
          for (const mounts of fieldValues(this.text, host, "Mounts")) this.#mounts(mounts, "require");
        }
        return;
      case "volume":
        this.#volume(root, "Driver", "DriverOpts");
        return;
      case "service":
        for (const task of fieldValues(this.text, root, "TaskTemplate")) {
          for (const container of fieldValues(this.text, task, "ContainerSpec")) {
            for (const mounts of fieldValues(this.text, container, "Mounts")) this.#mounts(mounts, "later");
          }
        }
        return;
    }
  }

  #binds(binds: Span): void {
    for (const element of arrayElements(this.text, binds)) {
      const bind = splitBind(stringValue(this.text, element) ?? "");
      if (bind === undefined) continue;
      const { source, rest } = bind;
      this.found.push({
        source,
        use: "create",
        // The engine would end the source at the first colon.
        change: (translated) =>
          translated.includes(":")
            ? { refused: COLON_IN_BIND }
            : translated === source
            ? []
            : [{ span: element, text: translated + rest }],
      });
    }
  }

  #mounts(mounts: Span, use: PathUse): void {
    for (const mount of arrayElements(this.text, mounts)) {
      const type = fieldString(this.text, mount, "Type");
      if (type === "bind" && this.#isOfCertificates(mount)) continue;
      if (type === "bind") {
        const useHere = use === "require" && this.#createsMountpoint(mount) ? "create" : use;
        for (const source of fieldValues(this.text, mount, "Source")) this.#path(source, useHere);
      } else if (type === "npipe") {
        this.#pipe(mount, use);
      } else if (type === "volume") {
        for (const options of fieldValues(this.text, mount, "VolumeOptions")) {
          for (const driver of fieldValues(this.text, options, "DriverConfig")) {
            this.#volume(driver, "Name", "Options");
          }
        }
      }
    }
  }

  /** Programs that update containers ask for what `inspect` shows, and that has the mount that we have added. */
  #isOfCertificates(mount: Span): boolean {
    const readOnly = fieldValues(this.text, mount, "ReadOnly").at(-1);
    return readOnly !== undefined && isTrue(this.text, readOnly) &&
      fieldString(this.text, mount, "Source") === CERTIFICATES_FOLDER &&
      fieldString(this.text, mount, "Target") === CONTAINER_CERTIFICATES_FOLDER;
  }

  /** Whether a bind mount asks the engine to make its source if that is missing, as compose does. */
  #createsMountpoint(mount: Span): boolean {
    let creates = false;
    for (const options of fieldValues(this.text, mount, "BindOptions")) {
      for (const value of fieldValues(this.text, options, "CreateMountpoint")) {
        creates = isTrue(this.text, value);
      }
    }
    return creates;
  }

  /** A pipe that leads to the engine becomes a bind of its socket: to this engine, pipes mean nothing. */
  #pipe(mount: Span, use: PathUse): void {
    const source = fieldString(this.text, mount, "Source");
    const hasTarget = fieldString(this.text, mount, "Target").startsWith("/");
    const types = fieldValues(this.text, mount, "Type");
    const sources = fieldValues(this.text, mount, "Source");
    this.found.push({
      source,
      use,
      change: (translated) => {
        if (translated !== ENGINE_SOCKET) return [];
        if (!hasTarget) return { refused: PIPE_TARGET };
        return [
          ...types.map((span) => ({ span, text: "bind" })),
          ...sources.map((span) => ({ span, text: ENGINE_SOCKET })),
        ];
      },
    });
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
      if (key === "device") this.#path(value, "later");
    }
  }

  #path(span: Span, use: PathUse): void {
    const source = stringValue(this.text, span);
    if (source === undefined) return;
    this.found.push({
      source,
      use,
      change: (translated) => translated === source ? [] : [{ span, text: translated }],
    });
  }
}

function isTrue(text: Uint8Array, { start, end }: Span): boolean {
  return TEXT_DECODER.decode(text.subarray(start, end)) === "true";
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
