/**
 * Runs inside deno.exe: has children of its own, and prints what came of their pipes in each way to use them. With a word,
 * it is such a child: `copy` returns its input, `wait` does nothing, `speak` writes and ends.
 */
import { openChildPipes } from "../../../src/platform/child_pipes.ts";
import type { Duplex } from "../../../src/streams/duplex.ts";
import { processDuplex } from "../../../src/streams/process_duplex.ts";

/** More than pipe and child hold together. */
const MANY_BYTES = 8 * 1024 * 1024;

const CHILDREN: Readonly<Record<string, () => Promise<void>>> = {
  copy: () => Deno.stdin.readable.pipeTo(Deno.stdout.writable),
  wait: () => new Promise((resolve) => setTimeout(resolve, 600_000)),
  speak: async () => void await Deno.stdout.write(new Uint8Array(1_000)),
};

function start(word: string): Deno.ChildProcess {
  const args = ["run", "-A", "--no-check", "--quiet", import.meta.filename!, word];
  return new Deno.Command(Deno.execPath(), { args, stdin: "piped", stdout: "piped" }).spawn();
}

async function readAll(link: Duplex): Promise<number[]> {
  const sums = [0, 0];
  for (let bytes = await link.read(); bytes !== null; bytes = await link.read()) {
    for (const byte of bytes) sums[1] = (sums[1]! * 31 + byte) >>> 0;
    sums[0]! += bytes.length;
  }
  return sums;
}

async function outcome(promise: Promise<unknown>): Promise<unknown> {
  return await promise.catch((error) => error instanceof Error ? error.name : "no error");
}

async function copies(open: (child: Deno.ChildProcess) => Duplex): Promise<unknown> {
  const child = start("copy");
  using link = open(child);
  const bytes = Uint8Array.from({ length: MANY_BYTES }, (_, index) => index * 7 + (index >> 8));
  const [length, sum] =
    (await Promise.all([readAll(link), link.write(bytes).then(() => link.closeWrite())]))[0];
  let expected = 0;
  for (const byte of bytes) expected = (expected * 31 + byte) >>> 0;
  return { length, unchanged: sum === expected, code: (await child.status).code };
}

async function closes(open: (child: Deno.ChildProcess) => Duplex): Promise<unknown> {
  const child = start("wait");
  const link = open(child);
  const pending = Promise.all([outcome(link.read()), outcome(link.write(new Uint8Array(MANY_BYTES)))]);
  setTimeout(() => link.close(), 100);
  const [read, write] = await pending;
  const later = [await outcome(link.read()), await outcome(link.write(new Uint8Array(1)))];
  child.kill("SIGKILL");
  return { read, write, later, ended: !(await child.status).success };
}

async function dies(open: (child: Deno.ChildProcess) => Duplex): Promise<unknown> {
  const child = start("wait");
  using link = open(child);
  const pending = Promise.all([outcome(link.read()), outcome(link.write(new Uint8Array(MANY_BYTES)))]);
  child.kill("SIGKILL");
  const [read, write] = await pending;
  return { read, write, ended: !(await child.status).success };
}

async function speaks(open: (child: Deno.ChildProcess) => Duplex): Promise<unknown> {
  const child = start("speak");
  using link = open(child);
  const { code } = await child.status;
  return { code, read: (await readAll(link))[0], again: await link.read() };
}

const word = Deno.args[0];
if (word === undefined) {
  const cat = start("wait");
  const { link, access } = openChildPipes(cat);
  link.close();
  cat.kill("SIGKILL");
  await cat.status;
  const results: unknown[] = [];
  for (const open of [(child: Deno.ChildProcess) => openChildPipes(child).link, processDuplex]) {
    results.push(await Promise.all([copies, closes, dies, speaks].map((scenario) => scenario(open))));
  }
  console.log(JSON.stringify({ access, results }));
} else {
  await CHILDREN[word]?.();
}
