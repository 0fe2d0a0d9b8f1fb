import type { StreamsReport } from "../../api/resources/streams_report.ts";
import { hostClient } from "../../host/host_client.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { describeStart } from "../text/start_text.ts";
import { byteText } from "../text/byte_text.ts";
import { USAGE, usageError } from "../usage.ts";
import { printAnswer } from "../text/print_answer.ts";

/** Longer than the host waits for its agent. */
const ANSWER_MILLISECONDS = 10_000;

/** `windlass debug streams`: what each request is waiting for. `windlass debug start`: where the time of a start went. */
export async function debug(input: CommandInput, context: CommandContext): Promise<number> {
  const output = { context, json: Boolean(input.flags["json"]) };
  using client = hostClient(context.home());
  const signal = AbortSignal.timeout(ANSWER_MILLISECONDS);
  switch (input.operands[0]) {
    case "streams":
      return printAnswer(output, await client.streamsReport({ signal }), describeStreams);
    case "start":
      return printAnswer(output, await client.startReport({ signal }), describeStart);
    default:
      throw usageError("debug", USAGE.debug, `unknown subcommand '${input.operands[0]}'`);
  }
}

/** The report for people. Pure. */
export function describeStreams(
  { engine, connections, connectionsLeftOut, link, agent }: StreamsReport,
): string {
  const lines = [`Engine: ${engine}`];
  if (link !== null) {
    lines.push(`Link:   ${link.pingMs === null ? "no answer" : `round trip ${link.pingMs.toFixed(1)} ms`}`);
  }
  if (agent !== null) {
    lines.push(
      agent.answers
        ? `Agent:  ${agent.state}, ${count(agent.openStreams ?? 0, "stream")}, ` +
          `${byteText(agent.memoryBytes ?? 0)} of memory`
        : `Agent:  does not answer: ${agent.problem}`,
    );
  }
  lines.push("", ...connectionLines(connections));
  if (connectionsLeftOut > 0) lines.push(count(connectionsLeftOut, "more connection"));
  if (link !== null) lines.push("", ...streamLines(link.streams));
  if (link !== null && link.streamsLeftOut > 0) lines.push(count(link.streamsLeftOut, "more stream"));
  return lines.join("\n") + "\n";
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function connectionLines(connections: StreamsReport["connections"]): string[] {
  if (connections.length === 0) return ["No client is connected"];
  const rows = connections.flatMap(({ id, ageMs, stream, station, requests }) => {
    const idle = [String(id), secondsText(ageMs), streamText(stream), station, "-"];
    if (requests.length === 0) return [idle];
    return requests.map((request, index) => [
      request.id,
      secondsText(request.ageMs),
      streamText(stream),
      index === 0 ? station : "waiting for the request before it",
      `${request.method} ${request.path}`,
    ]);
  });
  return table(["ID", "AGE", "STREAM", "STATION", "REQUEST"], rows);
}

function streamLines(streams: NonNullable<StreamsReport["link"]>["streams"]): string[] {
  const rows = streams.map((stream) => [
    String(stream.id),
    secondsText(stream.ageMs),
    stream.target,
    `${byteText(stream.sentBytes)}${stream.sendClosed ? ", ended" : ""}`,
    byteText(stream.queuedBytes),
    byteText(stream.sendCredit),
    `${byteText(stream.receivedBytes)}${stream.receiveClosed ? ", ended" : ""}`,
    `${byteText(stream.bufferedBytes)} of ${byteText(stream.receiveWindow)}`,
    stream.agent?.station ?? "-",
  ]);
  const heads = [
    "STREAM",
    "AGE",
    "TARGET",
    "SENT",
    "QUEUED",
    "CREDIT",
    "RECEIVED",
    "BUFFERED",
    "IN THE AGENT",
  ];
  return table(heads, rows);
}

function streamText(stream: number | null): string {
  return stream === null ? "-" : String(stream);
}

function secondsText(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd());
}
