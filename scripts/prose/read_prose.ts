/**
 * Takes the prose out of a source file: comments, string literals, and Markdown outside code. `check_prose.ts`
 * searches it for turns of phrase. A sentence that runs over several lines is one text, and every character
 * still knows its line.
 */

/** A piece of prose without line breaks; `lineAt(offset)` is the line of the file. */
export class Prose {
  #text = "";
  readonly #starts: { offset: number; line: number }[] = [];

  get text(): string {
    return this.#text;
  }

  append(line: number, text: string): void {
    const words = text.replace(/\s+/g, " ").trim();
    if (words === "") return;
    if (this.#text !== "") this.#text += " ";
    this.#starts.push({ offset: this.#text.length, line });
    this.#text += words;
  }

  lineAt(offset: number): number {
    return this.#starts.findLast((start) => start.offset <= offset)?.line ?? 1;
  }
}

/** What a reader sees of a file, and the rest: identifiers with the prose blanked out, line by line. */
export interface FileProse {
  readonly prose: readonly Prose[];
  readonly code: readonly string[];
}

/** In place of code within prose, so that the sentence around it stays one. */
const CODE = "`x`";

/** `path` decides the language: Markdown, a shell script (`.sh`, or no ending), else TypeScript, C and their like. Pure. */
export function readProse(path: string, text: string): FileProse {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/\.(md|html)$/.test(name)) return { prose: markdownProse(text), code: [] };
  if (/\.(sh|yml)$/.test(name) || !name.includes(".")) return shellProse(text);
  return sourceProse(text);
}

function markdownProse(text: string): Prose[] {
  const found: Prose[] = [];
  let paragraph = new Prose();
  let fence: string | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const mark = /^\s*(```+|~~~+)/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || mark.startsWith(fence))) {
      fence = fence === undefined ? mark : undefined;
      continue;
    }
    if (fence !== undefined) continue;
    if (/^\s*$|^\s*([-*#|>]|\d+\.)\s?/.test(line)) {
      found.push(paragraph);
      paragraph = new Prose();
    }
    paragraph.append(index + 1, withoutCode(line.replace(/^\s*([-*#>]+|\d+\.)\s+/, "")));
  }
  found.push(paragraph);
  return found.filter((prose) => prose.text !== "");
}

function withoutCode(text: string): string {
  return text.replace(/(`+)[^`]+\1/g, CODE).replace(/\]\([^)]*\)/g, "]");
}

function shellProse(text: string): FileProse {
  const prose: Prose[] = [];
  const code: string[] = [];
  let comment = new Prose();
  for (const [index, line] of text.split("\n").entries()) {
    const words = /^\s*#(?!!)(.*)/.exec(line)?.[1];
    if (words !== undefined) {
      comment.append(index + 1, withoutCode(words));
      code.push("");
      continue;
    }
    prose.push(comment);
    comment = new Prose();
    for (const [, double, single] of line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g)) {
      const literal = new Prose();
      literal.append(index + 1, double ?? single ?? "");
      prose.push(literal);
    }
    code.push(line);
  }
  prose.push(comment);
  return { prose: prose.filter((one) => one.text !== ""), code };
}

/** After one of these a slash begins a regular expression, not a division. */
const BEFORE_EXPRESSION =
  /(^|[=(,:[!&|?{};<>+\-*%~^]|\b(return|typeof|case|in|of|do|else|throw|await|yield))\s*$/;

const TOKEN =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|`|\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*|[{}]/g;

function sourceProse(text: string): FileProse {
  const prose: Prose[] = [];
  let code = "";
  let position = 0;
  /** Depth of braces in each `${…}` that is open. */
  const templates: { depth: number; literal: Prose }[] = [];
  let previous: { kind: "line" | "string"; end: number; prose: Prose } | undefined;

  const lineOf = (() => {
    let seen = 0;
    let line = 1;
    return (offset: number) => {
      for (; seen < offset; seen++) if (text[seen] === "\n") line++;
      return line;
    };
  })();
  /** Adjacent line comments, and strings joined by "+", are one text. */
  const add = (kind: "line" | "string", start: number, end: number, words: string) => {
    const between = previous?.kind === kind ? text.slice(previous.end, start) : undefined;
    const joins = between !== undefined && (kind === "line" ? /^\n?[ \t]*$/ : /^\s*\+?\s*$/).test(between);
    const target = joins && previous !== undefined ? previous.prose : new Prose();
    if (target !== previous?.prose) prose.push(target);
    target.append(lineOf(start), words);
    previous = { kind, end, prose: target };
  };
  const blank = (from: number, to: number) => {
    code += text.slice(position, from) + text.slice(from, to).replace(/[^\n]/g, " ");
    position = to;
  };
  /** Reads the literal part of a template from `from`; returns where code continues. */
  const template = (from: number, literal: Prose): number => {
    let end = from;
    let start = from;
    const flush = (to: number) => literal.append(lineOf(start), text.slice(start, to).replaceAll("\\n", " "));
    for (; end < text.length; end++) {
      if (text[end] === "\\") end++;
      else if (text[end] === "\n") {
        flush(end);
        start = end;
      } else if (text[end] === "`") {
        flush(end);
        return end + 1;
      } else if (text[end] === "$" && text[end + 1] === "{") {
        flush(end);
        literal.append(lineOf(end), CODE);
        templates.push({ depth: 0, literal });
        return end + 2;
      }
    }
    return end;
  };

  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const [token] = match;
    const start = match.index;
    let end = start + token.length;
    if (token.startsWith("/*")) {
      const comment = new Prose();
      const first = lineOf(start);
      for (const [index, line] of withoutCode(token.slice(2, -2)).split("\n").entries()) {
        comment.append(first + index, line.replace(/^\s*\*+ ?/, ""));
      }
      prose.push(comment);
    } else if (token.startsWith("//")) {
      add("line", start, end, withoutCode(token.slice(2)));
    } else if (token.startsWith('"') || token.startsWith("'")) {
      add("string", start, end, token.slice(1, -1).replace(/\\n/g, " ").replace(/\\(.)/g, "$1"));
    } else if (token === "`") {
      const literal = new Prose();
      prose.push(literal);
      end = template(end, literal);
    } else if (token === "{") {
      const open = templates.at(-1);
      if (open !== undefined) open.depth++;
      continue;
    } else if (token === "}") {
      const open = templates.at(-1);
      if (open === undefined) continue;
      if (open.depth-- > 0) continue;
      templates.pop();
      end = template(end, open.literal);
    } else if (!BEFORE_EXPRESSION.test(text.slice(Math.max(0, start - 20), start))) {
      TOKEN.lastIndex = start + 1;
      continue;
    }
    blank(start, end);
    TOKEN.lastIndex = end;
  }
  code += text.slice(position);
  return { prose: prose.filter((one) => one.text !== ""), code: code.split("\n") };
}
