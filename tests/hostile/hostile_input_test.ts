/**
 * Gives every parser that sees data of others a megabyte of what parsers are bad at, and bounds the time by what a
 * harmless text of the same length takes: nobody's data may stop the host's only loop.
 */
import assert from "node:assert/strict";
import process from "node:process";
import { parseDockerdLine } from "../../src/agent/engine/dockerd_log.ts";
import { parseAnswer } from "../../src/streams/http_exchange.ts";
import { readJsonLines } from "../../src/agent/protocol/json_lines.ts";
import { parseEngineTarget, parseHostTarget } from "../../src/agent/protocol/stream_target.ts";
import { EventDecoder } from "../../src/client/event_decoder.ts";
import { withoutInstallId } from "../../src/host/updates/update_diagnostics.ts";
import { ConnectionInput } from "../../src/http/connection_input.ts";
import { HTTP_LIMITS } from "../../src/http/http_limits.ts";
import { readHead } from "../../src/http/request_head.ts";
import { parseLine } from "../../src/logging/log_file.ts";
import { Redactor } from "../../src/logging/redactor.ts";
import { parseSocketTable } from "../../src/platform/linux/socket_table.ts";
import { parseMountPoints } from "../../src/platform/mount_points.ts";
import { commandLine } from "../../src/platform/windows/command_line.ts";
import { parseListeners } from "../../src/ports/listener_requests.ts";
import { parsePortRequest } from "../../src/ports/port_request.ts";
import { splitBind } from "../../src/relay/paths/bind_text.ts";
import { ChunkScanner } from "../../src/relay/http/chunk_scanner.ts";
import { headEnd, readRequestHead, readResponseHead } from "../../src/relay/http/http_head.ts";
import { arrayElements, objectMembers, rootValue } from "../../src/relay/http/json_spans.ts";
import { classifyRequest } from "../../src/relay/http/request_kind.ts";
import { namesInPath } from "../../src/relay/paths/windows_names.ts";
import { windowsPaths } from "../../src/relay/paths/windows_paths.ts";
import { parsePolicy } from "../../src/settings/policy.ts";
import { parseSettings } from "../../src/settings/settings_document.ts";
import { NEVER } from "../../src/timing/sleep.ts";
import { networkReason } from "../../src/proxy/network_reason.ts";
import { shownText } from "../../src/update/channel/shown_text.ts";
import { parseIni } from "../../src/wsl/linux/ini_file.ts";
import { quoteArgument } from "../../src/wsl/linux/windows_quoting.ts";
import { readLines } from "../../src/wsl/read_lines.ts";
import { decodeWslText, findPrintedError, parseList, parseVersion } from "../../src/wsl/wsl_output.ts";

const CHARACTERS = 1024 * 1024;
/** How much longer than for a harmless text it may take; what is quadratic takes ten thousand times as long. */
const RATIO = 40;
/** Below this many milliseconds a ratio says nothing: a harmless text may be refused at its first character. */
const GRANTED_MILLISECONDS = 600;

const fill = (text: string) => text.repeat(Math.ceil(CHARACTERS / text.length)).slice(0, CHARACTERS);

const BENIGN = fill("time=2026-01-01 level=info msg=ready name=web port=80\n");

const HOSTILE: Readonly<Record<string, string>> = {
  "a-a-a-": fill("a-"),
  "a.a.a.": fill("a."),
  "one endless line": fill("x"),
  "many newlines": fill("\n"),
  "CR only": fill("\r"),
  "CR CR LF": fill("\r\r\n"),
  "spaces": fill(" "),
  "spaces, then a letter": `${" ".repeat(CHARACTERS - 1)}x`,
  "dots, then a letter": `C:\\${".".repeat(CHARACTERS - 4)}x`,
  "open brackets": fill("["),
  "open objects": fill('{"a":'),
  "quotes": fill('"'),
  "backslashes": fill("\\"),
  "backslashes, then a letter": `"${"\\".repeat(CHARACTERS - 3)}x"`,
  "escaped quotes": fill('\\"'),
  "slashes": fill("/"),
  "percent signs": fill("%"),
  "NULs": fill("\0"),
  "digits": fill("1"),
  "colons": fill("a:"),
  "commas": fill(","),
  "at signs in URLs": fill("://a:b@"),
  "URLs without credentials": fill("a://b:c "),
  "nearly a secret": fill("secret-key-"),
  "nearly a password": fill("password "),
  "an open password": `password="${fill("x\\")}`,
  "nearly a token": fill("ghp_aaaa eyJaaaaa. "),
  "nearly a build command": fill('process "/bin/sh -c '),
  "open pairs": fill('a="'),
  "open sections": fill("[a\n"),
  "nearly wsl's error": fill("Wsl/Service/"),
  "header lines": fill("GET / HTTP/1.1\r\nA: b\r\n"),
  "empty chunks": fill("1;x=\r\n"),
  "events": fill("data: x\n"),
};

const bytesOf = (text: string) => new TextEncoder().encode(text);

function streamOf(text: string): { read(): Promise<Uint8Array | null> } {
  const bytes = bytesOf(text);
  let at = 0;
  return {
    read: () => Promise.resolve(at < bytes.length ? bytes.subarray(at, at += 4_096) : null),
  };
}

const redactor = new Redactor();
const translate = windowsPaths();

const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  "Redactor.text()": (text) => redactor.text(text),
  "Redactor.line()": (text) =>
    redactor.line({ time: "", level: "info", source: "dockerd", event: text, fields: { a: text } }),
  "parseDockerdLine()": (text) => parseDockerdLine(text.slice(0, 16 * 1024), new Date(0)),
  "parseLine()": parseLine,
  "parseAnswer()": parseAnswer,
  "parseEngineTarget()": parseEngineTarget,
  "parseHostTarget()": parseHostTarget,
  async "readJsonLines()"(text) {
    for await (const _ of readJsonLines(streamOf(text), 64 * 1024)) { /* all of them */ }
  },
  "readLines()": (text) =>
    readLines(new Response(text).body!, {
      maximumCharacters: 4_096,
      onLine() {},
      signal: NEVER,
    }),
  "EventDecoder"(text) {
    const decoder = new EventDecoder();
    for (let at = 0; at < text.length; at += 1_024) decoder.push(text.slice(at, at + 1_024));
  },
  "parseListeners()": parseListeners,
  "parsePortRequest()": parsePortRequest,
  "splitBind()": splitBind,
  "ChunkScanner": (text) => new ChunkScanner().scan(bytesOf(text), 0),
  "headEnd() of the relay": (text) => headEnd(bytesOf(text), 0),
  "readRequestHead()": (text) =>
    readRequestHead(bytesOf(`GET /x HTTP/1.1\r\nA: ${text}\r\n\r\n`), 0, text.length + 24),
  "readResponseHead()": (text) =>
    readResponseHead(bytesOf(`HTTP/1.1 200 OK\r\nA: ${text}\r\n\r\n`), 0, text.length + 24),
  "readHead() of the API": (text) => readHead(bytesOf(`GET /${text} HTTP/1.1\r\n${text}\r\n\r\n`)),
  "ConnectionInput.head()": (text) => new ConnectionInput(streamOf(text), HTTP_LIMITS).head(),
  "JSON spans"(text) {
    const bytes = bytesOf(text);
    const root = rootValue(bytes);
    return [objectMembers(bytes, root), arrayElements(bytes, root)];
  },
  "classifyRequest()": (text) => classifyRequest("GET", `/${text}`),
  "namesInPath()": (text) => namesInPath(text, false),
  "windowsPaths()": translate,
  "parsePolicy()": (text) => parsePolicy(text, "policy.json"),
  "parseSettings()": (text) => parseSettings(text),
  "shownText()": shownText,
  "networkReason()": (text) => networkReason(new Error(`error sending request from ${text} for ${text}`)),
  "withoutInstallId()": withoutInstallId,
  "parseMountPoints()": parseMountPoints,
  "parseSocketTable()": parseSocketTable,
  "parseIni()": (text) => parseIni(`a=${text}\n${text}`),
  "quoteArgument()": (text) => quoteArgument(` ${text}`),
  "commandLine()": (text) => commandLine(["p", ` ${text}`]),
  "findPrintedError()": findPrintedError,
  "parseList()": parseList,
  "parseVersion()": parseVersion,
  "decodeWslText()": (text) => decodeWslText(bytesOf(text)),
};

/** Times that are tried before a text counts as slow: the garbage of other texts is collected in some of them. */
const ATTEMPTS = 3;

/**
 * Milliseconds of the processors for the text, which do not depend on what else the machine does. A refusal is an
 * answer like another.
 */
async function timeOf(parse: (text: string) => unknown, text: string): Promise<number> {
  const start = process.cpuUsage();
  try {
    await parse(text);
  } catch (error) {
    assert.ok(!(error instanceof RangeError && error.message.includes("call stack")), String(error));
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

/** The shortest of several times, as far as more than one is needed to be within the limit. */
async function bestTimeOf(parse: (text: string) => unknown, text: string, limit: number): Promise<number> {
  let best = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && best > limit; attempt++) {
    best = Math.min(best, await timeOf(parse, text));
  }
  return best;
}

for (const [name, parse] of Object.entries(PARSERS)) {
  Deno.test(`${name} takes linear time for every hostile megabyte`, async () => {
    await timeOf(parse, BENIGN); // compiled by now
    const limit = GRANTED_MILLISECONDS + RATIO * await timeOf(parse, BENIGN);
    const slow: string[] = [];
    for (const [what, text] of Object.entries(HOSTILE)) {
      const time = await bestTimeOf(parse, text, limit);
      if (time > limit) slow.push(`${what}: ${time.toFixed(0)} ms, ${limit.toFixed(0)} are allowed`);
    }
    assert.deepEqual(slow, []);
  });
}
