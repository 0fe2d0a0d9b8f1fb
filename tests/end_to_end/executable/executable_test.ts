import assert from "node:assert/strict";
import { makeDenoExecutable, makeShellExecutable } from "./small_executable.ts";

const VERSION_RUNS = 15;

Deno.test("windlass hands environment, arguments and exit code through", async () => {
  await using executable = await makeShellExecutable();
  const home = executable.newHome();
  const args = ["7", "a b", "", "line\nbreak", "--help", "ü'\"$HOME"];
  const { code, stdout, stderr } = await executable.run(home, args);
  const [path, cache, noCheck, store, helper, ...rest] = stdout.split("|");
  assert.deepEqual([code, stderr], [7, ""]);
  assert.deepEqual([path, cache, noCheck, store], [executable.path, `${home}/deno`, "1", "mozilla"]);
  assert.match(helper!, new RegExp(`^${home}/components/[0-9a-f]{64}-wsl-helper$`));
  assert.deepEqual(rest, [...args, ""]);
});

Deno.test("windlass puts its home where the environment says", async () => {
  await using executable = await makeShellExecutable();
  for (
    const [variables, home] of [
      [{ WINDLASS_HOME: "", XDG_DATA_HOME: `${executable.folder}/data` }, "data/windlass"],
      [
        { WINDLASS_HOME: "", XDG_DATA_HOME: "relative", HOME: `${executable.folder}/me` },
        "me/.local/share/windlass",
      ],
      [{ WINDLASS_HOME: `${executable.folder}/own//` }, "own"],
    ] as const
  ) {
    const env = { PATH: "/usr/bin:/bin", ...variables };
    const { stdout } = await new Deno.Command(executable.path, { clearEnv: true, env }).output();
    assert.equal(new TextDecoder().decode(stdout).split("|")[1], `${executable.folder}/${home}/deno`);
  }
});

Deno.test("windlass refuses a home that cannot be one", async () => {
  await using executable = await makeShellExecutable();
  const remedy =
    "  WL_HOME_INVALID: Set WINDLASS_HOME to an absolute path of a folder that you can write to, or unset it.\n";
  const file = `${executable.folder}/file`;
  await Deno.writeTextFile(file, "");
  const long = `/${"a".repeat(3_900)}`;
  for (
    const [home, sentence] of [
      ["here", "windlass: Cannot use 'here' as WINDLASS_HOME: it is not an absolute path\n"],
      [
        "",
        "windlass: Cannot find a folder for Windlass: neither WINDLASS_HOME nor HOME holds an absolute path\n",
      ],
      [file, `windlass: Cannot open the folder '${file}/components': Not a directory\n`],
      ["/proc/home", "windlass: Cannot make the folder '/proc/home': No such file or directory\n"],
      [long, "windlass: Cannot use the folder for Windlass: its path has 3901 bytes, the most is 3799\n"],
    ] as const
  ) {
    const { code, stdout, stderr } = await executable.run(home);
    assert.deepEqual([code, stdout, stderr], [2, "", sentence + remedy]);
  }
});

Deno.test("windlass says so when it may not read itself, or not run what it unpacked", async () => {
  await using executable = await makeShellExecutable();
  await Deno.chmod(executable.path, 0o711);
  const wrapper = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
  const unreadable = await executable.run(executable.newHome(), [], { wrapper });
  assert.deepEqual([unreadable.code, unreadable.stderr], [
    3,
    `windlass: Cannot read '${executable.path}': Permission denied\n` +
    "  WL_EXECUTABLE_UNREADABLE: Give yourself permission to read the executable, not only to run it.\n",
  ]);
});

Deno.test("windlass runs the true runtime, offline, whatever the folder it is started in holds", async () => {
  await using executable = await makeDenoExecutable("tests/end_to_end/executable/fixtures/echo_program.ts");
  const home = executable.newHome();
  await Deno.writeTextFile(`${executable.folder}/deno.json`, "{ broken");
  await Deno.writeTextFile(`${executable.folder}/package.json`, "{ broken");
  const args = ["a b", "", "line\nbreak", "--version", "--", "-A"];
  const { code, stdout, stderr } = await executable.run(home, ["echo", ...args], { cwd: executable.folder });
  assert.deepEqual([code, stderr], [41, ""]);
  assert.deepEqual(JSON.parse(stdout), { args, parsed: "ok", lazy: "loaded", executable: executable.path });

  const times: number[] = [];
  for (let run = 0; run < VERSION_RUNS; run++) {
    const started = performance.now();
    await executable.run(home, ["--version"]);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  console.log(
    `windlass --version: least ${times[0]!.toFixed(1)} ms, median ${times[VERSION_RUNS >> 1]!.toFixed(1)} ms`,
  );
});

Deno.test("windlass runs a server whose requests are aborted when their client leaves, not when they are answered", async () => {
  await using executable = await makeDenoExecutable("tests/end_to_end/executable/fixtures/serve_program.ts");
  const { code, stdout, stderr } = await executable.run(executable.newHome());
  assert.deepEqual([code, stderr], [0, ""], "the runtime writes no notice about it");
  assert.deepEqual(JSON.parse(stdout), {
    answer: "answered",
    asked: "left",
    aborted: { answered: false, held: true },
  });
});
