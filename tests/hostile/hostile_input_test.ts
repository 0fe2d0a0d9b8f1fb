/** Every parser that sees data of others takes linear time for what parsers are bad at. */
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
import { bytesOf, streamOf, testLinearTime } from "../support/linear_time.ts";

const redactor = new Redactor();
const translate = windowsPaths();

testLinearTime({
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
});
