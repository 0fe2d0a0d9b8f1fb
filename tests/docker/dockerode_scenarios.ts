/**
 * What programs do with dockerode, the Docker client of Node.js. Nothing here is Deno's own, since the same scenarios
 * are run by Node.js too.
 */
// @ts-types="npm:@types/dockerode@3.3.47"
import type Docker from "npm:dockerode@5.0.1";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";

/** The engine and the image that a scenario uses. */
export interface ScenarioContext {
  readonly docker: Docker;
  readonly image: string;
  readonly folder: string;
}

/** One use of dockerode. It throws when the engine does not do what the library expects. */
export interface Scenario {
  readonly name: string;
  run(context: ScenarioContext): Promise<void>;
}

/** Sizes at which stdin was lost by other relays: head and body of a request meet in one packet there. */
const STDIN_SIZES = [0, 1, 1_000, 2_000, 3_000, 4_096, 5_000, 200_000];

/** All scenarios. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: "run() with a writable stream",
    async run({ docker, image }) {
      const output = collect();
      // The library has the exit code on another connection than the output.
      const ended = once(output.stream, "end");
      const [result, container] = await docker.run(image, ["sh", "-c", "echo hello; exit 3"], output.stream);
      assert.equal(result.StatusCode, 3);
      await ended;
      await container.remove();
      // run() gives its containers a terminal.
      assert.equal(output.text(), "hello\r\n");
    },
  },
  {
    name: "attach() with hijack, stdin and demultiplexed output",
    async run({ docker, image }) {
      for (const size of STDIN_SIZES) {
        const container = await docker.createContainer({
          Image: image,
          Cmd: ["sh", "-c", "echo to-stderr >&2; wc -c"],
          OpenStdin: true,
          StdinOnce: true,
          AttachStdin: true,
        });
        const stream = await container.attach({
          hijack: true,
          stream: true,
          stdin: true,
          stdout: true,
          stderr: true,
        });
        const [stdout, stderr] = demultiplex(container, stream);
        const ended = once(stream, "end");
        await container.start();
        if (size > 0) stream.write(Buffer.alloc(size, "x"));
        stream.end();
        await container.wait();
        await ended;
        assert.deepEqual([stdout.text().trim(), stderr.text()], [String(size), "to-stderr\n"]);
        await container.remove();
      }
    },
  },
  {
    name: "exec() with hijack and stdin of 1,000 to 5,000 bytes",
    async run({ docker, image }) {
      const container = await docker.createContainer({ Image: image, Cmd: ["sleep", "1000"] });
      await container.start();
      for (const size of STDIN_SIZES.filter((size) => size > 0)) {
        const exec = await container.exec({
          Cmd: ["sh", "-c", "echo ready >&2; exec wc -c"],
          AttachStdin: true,
          AttachStdout: true,
          AttachStderr: true,
        });
        const stream = await exec.start({ hijack: true, stdin: true });
        const [stdout, stderr] = demultiplex(container, stream);
        const ended = once(stream, "end");
        stream.write(Buffer.alloc(size, "x"));
        // dockerd itself loses, once in about a thousand times, an end of input that comes before the program runs.
        await once(stderr.stream, "data");
        stream.end();
        await ended;
        assert.deepEqual([stdout.text().trim(), stderr.text()], [String(size), "ready\n"]);
        assert.equal((await exec.inspect()).ExitCode, 0);
      }
      await container.remove({ force: true });
    },
  },
  {
    name: "exec() on a terminal with resize",
    async run({ docker, image }) {
      const container = await docker.createContainer({ Image: image, Cmd: ["sleep", "1000"] });
      await container.start();
      const exec = await container.exec({
        Cmd: ["sh"],
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
        Tty: true,
      });
      const stream = await exec.start({ hijack: true, stdin: true, Tty: true });
      const output = collect();
      stream.pipe(output.stream);
      await exec.resize({ h: 33, w: 77 });
      stream.write("stty size\nexit\n");
      await once(stream, "end");
      assert.match(output.text(), /33 77/);
      await container.remove({ force: true });
    },
  },
  {
    name: "logs() that are followed to the end",
    async run({ docker, image }) {
      const script = "for i in 1 2 3; do echo line-$i; sleep 0.2; done";
      const container = await docker.createContainer({ Image: image, Cmd: ["sh", "-c", script] });
      await container.start();
      const stream = await container.logs({ follow: true, stdout: true, stderr: true });
      const [stdout] = demultiplex(container, stream as unknown as NodeJS.ReadWriteStream);
      await once(stream, "end");
      assert.equal(stdout.text(), "line-1\nline-2\nline-3\n");
      await container.remove();
    },
  },
  {
    name: "getEvents() while containers come and go",
    async run({ docker, image }) {
      // dockerd answers before it has subscribed; 'since' makes it send what happens in between. The name keeps out
      // containers that were removed in the same second.
      const name = `watched-${crypto.randomUUID()}`;
      const since = Math.floor(Date.now() / 1_000) - 1;
      const events = await docker.getEvents({ since, filters: { type: ["container"], container: [name] } });
      const output = collect();
      events.pipe(output.stream);
      const container = await docker.createContainer({ name, Image: image, Cmd: ["true"] });
      await container.start();
      await container.wait();
      await container.remove();
      while (!output.text().includes('"destroy"')) await once(output.stream, "data");
      (events as unknown as { destroy(): void }).destroy();
      assert.match(output.text(), /"create"[^]*"start"[^]*"die"/);
    },
  },
  {
    name: "buildImage() with followProgress()",
    async run({ docker, image, folder }) {
      await writeFile(join(folder, "Dockerfile"), `FROM ${image}\nCOPY page /page\nRUN cat /page\n`);
      await writeFile(join(folder, "page"), "from dockerode\n");
      const stream = await docker.buildImage({ context: folder, src: ["Dockerfile", "page"] }, {
        t: "dockerode:1",
      });
      const steps = await progress(docker, stream);
      assert.ok(steps.some((step) => step.stream?.includes("from dockerode")));
      await docker.getImage("dockerode:1").remove();
    },
  },
  {
    name: "getImage().get() and loadImage() with followProgress()",
    async run({ docker, image, folder }) {
      const file = join(folder, "image.tar");
      const archive = await docker.getImage(image).get();
      const chunks: Uint8Array[] = [];
      for await (const chunk of archive) chunks.push(chunk as Uint8Array);
      await writeFile(file, Buffer.concat(chunks));
      const steps = await progress(docker, await docker.loadImage(createReadStream(file)));
      assert.ok(steps.some((step) => step.stream?.includes("Loaded image")));
    },
  },
  {
    name: "putArchive(), getArchive() and stats()",
    async run({ docker, image, folder }) {
      const container = await docker.createContainer({ Image: image, Cmd: ["sleep", "1000"] });
      await container.start();
      const archive = await container.getArchive({ path: "/etc/passwd" });
      const chunks: Uint8Array[] = [];
      for await (const chunk of archive) chunks.push(chunk as Uint8Array);
      const file = join(folder, "passwd.tar");
      await writeFile(file, Buffer.concat(chunks));
      await container.putArchive(createReadStream(file) as unknown as NodeJS.ReadableStream, {
        path: "/tmp",
      });
      const stats = await container.stats({ stream: false });
      assert.ok(stats.pids_stats !== undefined);
      await container.remove({ force: true });
    },
  },
  {
    name: "forty calls at once",
    async run({ docker, image }) {
      const answers = await Promise.all(
        Array.from(
          { length: 40 },
          (_, index) => index % 2 === 0 ? docker.ping() : docker.getImage(image).inspect(),
        ),
      );
      assert.equal(answers.length, 40);
    },
  },
];

interface Collected {
  readonly stream: PassThrough;
  text(): string;
}

function collect(): Collected {
  const stream = new PassThrough();
  const chunks: Uint8Array[] = [];
  stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

function demultiplex(container: Docker.Container, stream: NodeJS.ReadWriteStream): [Collected, Collected] {
  const outputs: [Collected, Collected] = [collect(), collect()];
  container.modem.demuxStream(stream, outputs[0].stream, outputs[1].stream);
  return outputs;
}

interface ProgressStep {
  readonly stream?: string;
}

function progress(docker: Docker, stream: NodeJS.ReadableStream): Promise<ProgressStep[]> {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error, steps) => error ? reject(error) : resolve(steps));
  });
}
