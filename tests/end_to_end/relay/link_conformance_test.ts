import { deepEqual, equal, rejects } from "node:assert/strict";
import { NO_LOG } from "../../../src/logging/log.ts";
import { type IncomingStream, type MuxSession, openMuxSession } from "../../../src/mux/mux_session.ts";
import type { MuxStream } from "../../../src/mux/mux_stream.ts";
import { openChildPipes } from "../../../src/platform/child_pipes.ts";
import type { Duplex } from "../../../src/streams/duplex.ts";
import { processDuplex } from "../../../src/streams/process_duplex.ts";
import { NEVER } from "../../../src/timing/sleep.ts";
import {
  BrokenContent,
  digestOf,
  randomContent,
  RandomNumbers,
  readContent,
  writeInPieces,
} from "../../fakes/random_content.ts";

const PEER = new URL("../../fakes/link_conformance_peer.ts", import.meta.url).pathname;
const STREAMS = 300;
/** Most streams have less; the largest have more than their window. */
const MAXIMUM_BYTES = 1_500_000;

/** One stream: opens it, uses it, and compares. */
type Use = (session: MuxSession, numbers: RandomNumbers, others: Promise<void>) => Promise<void>;

/** How the streams are used, and how often: each number is a share. */
const USES: readonly (readonly [share: number, Use])[] = [
  [6, asksForDigest],
  [6, comesBack],
  [6, receives],
  [3, isCalled],
  [3, isClosedByPeer],
  [3, isResetByPeer],
  [2, isClosedHere],
  [2, isResetHere],
  [2, isRefused],
  [1, stallsThere],
  [1, stallsHere],
];
const SHARES = USES.flatMap(([share, use]) => Array.from({ length: share }, () => use));

async function asksForDigest(session: MuxSession, numbers: RandomNumbers): Promise<void> {
  const { seed, length, content } = some(numbers);
  using stream = session.open(`digest:${seed}:${length}`);
  await writeInPieces(stream, content, numbers);
  await stream.closeWrite();
  deepEqual(await readJson(stream), digestOf(content));
}

async function comesBack(session: MuxSession, numbers: RandomNumbers): Promise<void> {
  const { content } = some(numbers);
  using stream = session.open("mirror");
  const [received] = await Promise.all([
    readContent(stream, new RandomNumbers(numbers.next())),
    writeInPieces(stream, content, numbers).then(() => stream.closeWrite()),
  ]);
  deepEqual(digestOf(received), digestOf(content));
}

/** The peer ends its direction first; ours is still good for writing. */
async function receives(session: MuxSession, numbers: RandomNumbers): Promise<void> {
  const { seed, length, content } = some(numbers);
  using stream = session.open(`source:${seed}:${length}`);
  deepEqual(digestOf(await readContent(stream, numbers)), digestOf(content));
  await writeInPieces(stream, content.subarray(0, 10_000), numbers);
  await stream.closeWrite();
}

async function isCalled(session: MuxSession, numbers: RandomNumbers): Promise<void> {
  const { seed, length, content } = some(numbers);
  using stream = session.open(`call:${seed}:${length}`);
  deepEqual(await readJson(stream), digestOf(content));
}

/** All that was written before a close arrives. */
async function isClosedByPeer(session: MuxSession, numbers: RandomNumbers): Promise<void> {
  const { seed, length, content } = some(numbers);
  using stream = session.open(`close:${seed}:${length}`);
  deepEqual(digestOf(await readContent(stream, numbers)), digestOf(content));
  await rejects(stream.write(Uint8Array.of(1)), { code: "PEER_CLOSED" });
}

/** What arrives before a reset is the beginning of the content. */
async function isResetByPeer(session: MuxSession, numbers: RandomNumbers): Promise<void> {
  const { seed, length, content } = some(numbers);
  using stream = session.open(`reset:${seed}:${length}`);
  await rejects(readContent(stream, numbers), (error) => {
    if (!(error instanceof BrokenContent)) throw error;
    deepEqual(digestOf(error.bytes), digestOf(content.subarray(0, error.bytes.length)));
    const cause = error.cause as { code: string; detail: string };
    deepEqual([cause.code, cause.detail], ["RESET", `${seed}`]);
    return true;
  });
}

async function isClosedHere(session: MuxSession, numbers: RandomNumbers): Promise<void> {
  await leavesInTheMiddle(session, numbers, "CLOSED", (stream) => stream.close());
}

async function isResetHere(session: MuxSession, numbers: RandomNumbers): Promise<void> {
  await leavesInTheMiddle(session, numbers, "RESET", (stream) => stream.reset("enough"));
}

async function leavesInTheMiddle(
  session: MuxSession,
  numbers: RandomNumbers,
  code: string,
  leave: (stream: MuxStream) => void,
): Promise<void> {
  using stream = session.open("mirror");
  const writing = rejects(flood(stream), { code });
  const reading = (async () => {
    for (let left = numbers.length(MAXIMUM_BYTES); left > 0;) left -= (await stream.read())!.length;
    leave(stream);
    await rejects(stream.read(), { code });
  })();
  await Promise.all([reading, writing]);
}

async function isRefused(session: MuxSession, numbers: RandomNumbers): Promise<void> {
  using stream = session.open(`nothing:${numbers.next()}`);
  await rejects(stream.read(), { code: "REFUSED", detail: `no service ${stream.target}` });
}

/** Fills its window while the others run. */
async function stallsThere(
  session: MuxSession,
  _numbers: RandomNumbers,
  others: Promise<void>,
): Promise<void> {
  using stream = session.open("stall");
  const writing = rejects(flood(stream), { code: "CLOSED" });
  await others;
  stream.close();
  await writing;
}

/** Is read when the others have ended. */
async function stallsHere(session: MuxSession, numbers: RandomNumbers, others: Promise<void>): Promise<void> {
  const seed = numbers.next();
  using stream = session.open(`source:${seed}:${MAXIMUM_BYTES}`);
  await others;
  deepEqual(digestOf(await readContent(stream, numbers)), digestOf(randomContent(seed, MAXIMUM_BYTES)));
}

function some(numbers: RandomNumbers): { seed: number; length: number; content: Uint8Array } {
  const [seed, length] = [numbers.next(), numbers.length(MAXIMUM_BYTES)];
  return { seed, length, content: randomContent(seed, length) };
}

async function flood(stream: MuxStream): Promise<never> {
  const bytes = new Uint8Array(100_000);
  for (;;) await stream.write(bytes);
}

async function readJson(stream: MuxStream): Promise<unknown> {
  const bytes = await readContent(stream, new RandomNumbers(1));
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** What the peer's calls reach. */
function mirror(incoming: IncomingStream): void {
  const stream = incoming.accept();
  (async () => {
    for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) {
      await stream.write(bytes);
    }
    await stream.closeWrite();
  })().catch((error) => stream.reset(String(error)));
}

async function useAll(session: MuxSession, seed: number): Promise<void> {
  const numbers = new RandomNumbers(seed);
  const { promise: othersEnded, resolve } = Promise.withResolvers<void>();
  const used = Array.from({ length: STREAMS }, async (_, index) => {
    const use = SHARES[index % SHARES.length]!;
    try {
      await use(session, new RandomNumbers(numbers.next()), othersEnded);
    } catch (error) {
      throw new Error(`a stream that ${use.name}, with the seed ${seed}`, { cause: error });
    }
  });
  const waits = (index: number) => [stallsThere, stallsHere].includes(SHARES[index % SHARES.length]!);
  Promise.allSettled(used.filter((_, index) => !waits(index))).then(() => resolve());
  const failed = (await Promise.allSettled(used)).filter(({ status }) => status === "rejected");
  deepEqual(failed, []);
}

const WAYS: Readonly<Record<string, (child: Deno.ChildProcess) => Duplex>> = {
  "the runtime's operations": (child) => openChildPipes(child).link,
  "web streams": processDuplex,
};

for (const [way, open] of Object.entries(WAYS)) {
  Deno.test(`MuxSession carries hundreds of streams of every kind at once, its link read by ${way}`, async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", PEER],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    {
      await using session = openMuxSession(open(child), { role: "host", accept: mirror, log: NO_LOG });
      await useAll(session, crypto.getRandomValues(new Uint32Array(1))[0]!);
      await session.ping(NEVER);
      deepEqual(session.streams().map(({ target }) => target), []);
    }
    equal((await child.status).code, 0);
  });
}
