/**
 * Waits for the end of every kind of raw stream as programs on Node.js do: `node BUNDLE SOCKET IMAGE`. One line for each
 * that goes wrong, then "done". Nothing here ends a stream by itself.
 */
// @ts-types="npm:@types/dockerode@3.3.47"
import Docker from "npm:dockerode@5.0.1";
import { Buffer } from "node:buffer";
import { writeSync } from "node:fs";
import { connect } from "node:net";
import process from "node:process";

/** An end arrives within a second on an idle machine. */
const END_MILLISECONDS = 60_000;

const [socketPath, image] = process.argv.slice(2) as [string, string];
const docker = new Docker({ socketPath });

/** console.log would need a stdout that libuv can open, which it cannot under Wine. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

/** Resolves to all that was read once the stream has ended or closed. */
function readToEnd(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  const text = () => Buffer.concat(chunks).toString();
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`no end after ${END_MILLISECONDS} ms: ${JSON.stringify(text())}`));
    const timer = setTimeout(late, END_MILLISECONDS);
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    for (const event of ["end", "close"]) {
      stream.on(event, () => {
        clearTimeout(timer);
        resolve(text());
      });
    }
    stream.on("error", reject);
  });
}

/** Resolves once the word was read, or the stream has ended: a container that has started has not spoken yet. */
function untilRead(stream: NodeJS.ReadableStream, word: string): Promise<void> {
  let text = "";
  return new Promise((resolve) => {
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes(word)) resolve();
    });
    for (const event of ["end", "close", "error"]) stream.on(event, () => resolve());
  });
}

const OUTPUT = { AttachStdout: true, AttachStderr: true };

async function readExec(options: Docker.ExecCreateOptions, start: Docker.ExecStartOptions): Promise<string> {
  const exec = await running.exec({ Cmd: ["sh", "-c", "echo hello; echo end"], ...OUTPUT, ...options });
  return await readToEnd(await exec.start(start));
}

async function readAttach(options: Docker.ContainerAttachOptions): Promise<string> {
  const container = await docker.createContainer({
    Image: image,
    Cmd: ["sh", "-c", "echo hello; echo end"],
    OpenStdin: options.stdin ?? false,
    ...OUTPUT,
  });
  const stream = await container.attach({ stream: true, stdout: true, stderr: true, ...options });
  const output = readToEnd(stream);
  await container.start();
  const text = await output;
  await container.remove({ force: true });
  return text;
}

/** The same without a library: a request, and then nothing but reading. */
async function readRaw(headers: string): Promise<string> {
  const exec = await running.exec({ Cmd: ["sh", "-c", "echo hello; echo end"], ...OUTPUT });
  const body = JSON.stringify({ Detach: false, Tty: false });
  const socket = connect(socketPath, () =>
    socket.write(
      `POST /exec/${exec.id}/start HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n${headers}` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    ));
  return await readToEnd(socket);
}

async function readLogs(): Promise<string> {
  const container = await docker.createContainer({
    Image: image,
    Cmd: ["sh", "-c", "echo hello; echo end; sleep 1000"],
  });
  await container.start();
  const logs = await container.logs({ follow: true, stdout: true, stderr: true });
  const stream = logs as unknown as NodeJS.ReadableStream;
  const spoken = untilRead(stream, "end");
  const text = readToEnd(stream);
  await spoken;
  await container.kill();
  const read = await text;
  await container.remove({ force: true });
  return read;
}

const SCENARIOS: Readonly<Record<string, () => Promise<string>>> = {
  "exec without stdin": () => readExec({}, {}),
  "exec with hijack": () => readExec({}, { hijack: true }),
  "exec with hijack and stdin": () => readExec({ AttachStdin: true }, { hijack: true, stdin: true }),
  "exec with stdin and no hijack": () =>
    readExec({ AttachStdin: true }, { stdin: true, Detach: false, Tty: false }),
  "exec with a terminal": () =>
    readExec({ AttachStdin: true, Tty: true }, { hijack: true, stdin: true, Tty: true }),
  "attach": () => readAttach({}),
  "attach with hijack": () => readAttach({ hijack: true }),
  "attach with hijack and stdin": () => readAttach({ hijack: true, stdin: true }),
  "exec by hand, upgraded": () => readRaw("Connection: Upgrade\r\nUpgrade: tcp\r\n"),
  "exec by hand, not upgraded": () => readRaw(""),
  "logs that are followed until a kill": readLogs,
};

const running = await docker.createContainer({ Image: image, Cmd: ["sleep", "1000"] });
await running.start();
for (const [name, read] of Object.entries(SCENARIOS)) {
  try {
    const text = await read();
    if (!/hello[^]*end/.test(text)) say(`${name}: ${JSON.stringify(text)}`);
  } catch (error) {
    say(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}
await running.remove({ force: true });
say("done");
process.exit();
