import assert from "node:assert/strict";
import { createWsl } from "../../../src/wsl/create_wsl.ts";
import { wslThat } from "./fake_wsl_driver.ts";

const launch = { distro: "windlass", argv: ["/bin/program", "a b", "", '"quoted"'] } as const;
const bytes = (text: string) => new TextEncoder().encode(text);

function importFrom(
  wsl: ReturnType<typeof wslThat>,
  source: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
) {
  const options = { name: "windlass", directory: "/d", source };
  return wsl.import(signal === undefined ? options : { ...options, signal });
}

for (const [encoding, environment] of [["UTF-8", {}], ["UTF-16LE", { FAKE_WSL_OLD: "1" }]] as const) {
  Deno.test(`Wsl.list() reads the table in ${encoding}`, async () => {
    assert.deepEqual(await wslThat("good", {}, environment).list(), [
      { name: "windlass", state: "running", version: 2, isDefault: true, directory: null },
      { name: "other", state: "busy", version: 2, isDefault: false, directory: null },
    ]);
  });

  Deno.test(`Wsl.terminate() finds the code of a failure in ${encoding}`, async () => {
    await assert.rejects(wslThat("named", {}, environment).terminate("windlass"), {
      code: "WL_DISTRO_NOT_FOUND",
      message:
        "Cannot terminate the distro 'windlass': there is no such distro; wsl ended with Wsl/Service/WSL_E_DISTRO_NOT_FOUND",
    });
  });

  Deno.test(`Wsl.list() is empty when there is no distro, in ${encoding}`, async () => {
    assert.deepEqual(await wslThat("empty", {}, environment).list(), []);
  });
}

Deno.test("Wsl.list() sees a distro that is registered while it looks", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const listed = await wslThat("registering", {}, { FAKE_WSL_MARKER: `${folder}/called` }).list();
    assert.deepEqual(listed.map(({ name }) => name), ["windlass", "other"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("Wsl.version() reads both versions", async () => {
  assert.deepEqual(await wslThat("good").version(), { wsl: "2.9.4.0", kernel: "6.18.35.2-1" });
});

Deno.test("Wsl.unregister() finds the code of a failure that is printed as a number", async () => {
  await assert.rejects(wslThat("numbered").unregister("windlass"), {
    code: "WL_DISTRO_NOT_FOUND",
    message:
      "Cannot unregister the distro 'windlass': there is no such distro; wsl ended with Wsl/Service/0x80040302",
  });
});

Deno.test("Wsl.run() passes the arguments on as they are", async () => {
  const { stdout } = await wslThat("arguments").run({ ...launch, user: "me", cwd: "/home/me" });
  const expected = [
    "--distribution",
    "windlass",
    "--user",
    "me",
    "--cd",
    "/home/me",
    "--exec",
    ...launch.argv,
  ];
  assert.deepEqual(JSON.parse(stdout), expected);
});

Deno.test("Wsl.run() is root in the root folder by default", async () => {
  const { stdout } = await wslThat("arguments").run(launch);
  assert.deepEqual(JSON.parse(stdout).slice(2, 6), ["--user", "root", "--cd", "/"]);
});

Deno.test("Wsl.run() is the distro's own user for null", async () => {
  const { stdout } = await wslThat("arguments").run({ ...launch, user: null });
  assert.deepEqual(JSON.parse(stdout).slice(0, 5), ["--distribution", "windlass", "--cd", "/", "--exec"]);
});

Deno.test("Wsl.run() sets WSL_UTF8 whatever the environment says", async () => {
  const { stdout } = await wslThat("environment", {}, { WSL_UTF8: "yes" }).run(launch);
  assert.equal(stdout, "1");
});

Deno.test("Wsl.run() returns a program's status, output and chatter", async () => {
  assert.deepEqual(await wslThat("status").run(launch), {
    exitCode: 42,
    stdout: "größer\n",
    stderr: "wsl: a warning\r\nof the program\n",
  });
});

Deno.test("Wsl.run() takes 255 without an error code for the program's own status", async () => {
  assert.equal((await wslThat("status255").run(launch)).exitCode, 255);
});

Deno.test("Wsl.run() rejects when wsl itself fails", async () => {
  await assert.rejects(wslThat("named").run(launch), {
    code: "WL_DISTRO_NOT_FOUND",
    message:
      "Cannot run '/bin/program' in the distro 'windlass': there is no such distro; wsl ended with Wsl/Service/WSL_E_DISTRO_NOT_FOUND",
  });
});

Deno.test("Wsl.run() gives the program its input", async () => {
  const { stderr } = await wslThat("count").run({ ...launch, input: new Uint8Array(300_000) });
  assert.equal(stderr, "300000 bytes\n");
});

Deno.test("Wsl.shutdown() rejects and ends wsl when it does not end in time", async () => {
  await assert.rejects(wslThat("hang", { shutdownMilliseconds: 300 }).shutdown(), {
    code: "WL_WSL_TIMEOUT",
    message: "Cannot shut WSL down: wsl did not end within 0.3 s",
  });
});

Deno.test("Wsl.list() rejects with the signal's reason when it is aborted", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  const listing = wslThat("hang").list({ signal: controller.signal });
  setTimeout(() => controller.abort(reason), 200);
  await assert.rejects(listing, reason);
  await assert.rejects(wslThat("hang").list({ signal: AbortSignal.abort(reason) }), reason);
});

Deno.test("Wsl.list() rejects when wsl prints without end", async () => {
  await assert.rejects(wslThat("flood", { outputBytes: 100_000 }).list(), {
    code: "WL_WSL_FAILED",
    message: "Cannot list the distros: wsl printed more than 100000 bytes",
  });
});

Deno.test("Wsl.list() does not wait for a process that has inherited wsl's output", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const marker = `${folder}/left`;
    const wsl = wslThat("leave", { drainMilliseconds: 1_000 }, { FAKE_WSL_MARKER: marker });
    assert.equal((await wsl.list()).length, 2);
    Deno.kill(Number(await Deno.readTextFile(marker)), "SIGKILL"); // so it still runs
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("Wsl.list() rejects when there is no wsl", async () => {
  await assert.rejects(createWsl({ command: ["/nonexistent/wsl"] }).list(), {
    code: "WL_WSL_MISSING",
    message: "Cannot list the distros: there is no '/nonexistent/wsl'",
  });
});

Deno.test("Wsl.import() hands over every byte", async () => {
  const error = await importFrom(wslThat("countAndFail"), new Blob([new Uint8Array(5_000_000)]).stream())
    .then(() => assert.fail("it succeeded"), (error) => error);
  assert.equal(error.code, "WL_ROOTFS_INVALID");
  assert.equal(error.cause.message, "bsdtar: 5000000 bytes");
});

Deno.test("Wsl.import() frees each chunk once it is written", async () => {
  const chunks = Array.from({ length: 5 }, () => new Uint8Array(100_000));
  await importFrom(wslThat("count"), ReadableStream.from(chunks));
  assert.deepEqual(chunks.map((chunk) => chunk.buffer.detached), chunks.map(() => true));
});

Deno.test("Wsl.import() is done when wsl is", async () => {
  await importFrom(wslThat("count"), new Blob([new Uint8Array(100_000)]).stream());
});

Deno.test("Wsl.import() says why when the name is taken, although wsl read nothing", async () => {
  let cancelled = false;
  const source = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    cancel: () => void (cancelled = true),
  });
  await assert.rejects(importFrom(wslThat("exists"), source), {
    code: "WL_DISTRO_EXISTS",
    message:
      "Cannot import the distro 'windlass': a distro of that name already exists; wsl ended with Wsl/Service/RegisterDistro/ERROR_ALREADY_EXISTS",
  });
  assert.ok(cancelled);
});

Deno.test("Wsl.import() says that the disk is full when bsdtar does", async () => {
  await assert.rejects(importFrom(wslThat("full"), new Blob([bytes("x")]).stream()), {
    code: "WL_NO_SPACE",
    message: "Cannot import the distro 'windlass': the disk of '/d' is full",
  });
});

for (const ending of ["fails", "is aborted"] as const) {
  Deno.test(`Wsl.import() kills wsl before its input ends when the source ${ending}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const reason = new Error(`the source ${ending}`);
      const controller = new AbortController();
      const source = new ReadableStream<Uint8Array>({
        async pull(source) {
          source.enqueue(new Uint8Array(1000));
          await new Promise((resolve) => setTimeout(resolve, 300));
          if (ending === "fails") source.error(reason);
          else controller.abort(reason);
        },
      });
      const { signal } = controller;
      const directory = `${folder}/distro`;
      await assert.rejects(wslThat("watch").import({ name: "windlass", directory, source, signal }), reason);
      assert.deepEqual([...Deno.readDirSync(folder)], []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("Wsl.spawn() carries bytes both ways, half-close, and lines of stderr", async () => {
  const lines: string[] = [];
  await using process = wslThat("echo").spawn({ ...launch, onStderrLine: (line) => lines.push(line) });
  await process.link.write(bytes("hello"));
  assert.equal(new TextDecoder().decode(await process.link.read() ?? bytes("")), "hello");
  await process.link.closeWrite();
  assert.equal(await process.link.read(), null);
  assert.deepEqual(await process.exited, { exitCode: 0, failure: null });
  assert.deepEqual(lines, ["ready", "end of input"]);
});

Deno.test("Wsl.spawn() distinguishes wsl's own failure when the link is read", async () => {
  await using process = wslThat("named").spawn({ ...launch, onStderrLine: () => {} });
  while (await process.link.read() !== null);
  const { exitCode, failure } = await process.exited;
  assert.equal(exitCode, 255);
  assert.equal(failure?.code, "WL_DISTRO_NOT_FOUND");
  assert.equal(
    failure?.message,
    "Cannot run '/bin/program' in the distro 'windlass': there is no such distro; wsl ended with Wsl/Service/WSL_E_DISTRO_NOT_FOUND",
  );
});

Deno.test("Wsl.spawn() ends although nobody reads the link", async () => {
  await using process = wslThat("named", { drainMilliseconds: 100 }).spawn({
    ...launch,
    onStderrLine: () => {},
  });
  assert.equal((await process.exited).exitCode, 255);
});

Deno.test("WslProcess.kill() ends wsl, any number of times", async () => {
  await using process = wslThat("hang").spawn({ ...launch, onStderrLine: () => {} });
  process.kill();
  process.kill();
  assert.notEqual((await process.exited).exitCode, 0);
  process.kill();
});

Deno.test("WslProcess ends with its disposal", async () => {
  let exited;
  {
    await using process = wslThat("hang").spawn({ ...launch, onStderrLine: () => {} });
    exited = process.exited;
  }
  assert.notEqual((await exited).exitCode, 0);
});
