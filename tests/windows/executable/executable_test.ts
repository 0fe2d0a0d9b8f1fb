import assert from "node:assert/strict";
import { join } from "node:path";
import { VERSION } from "../../../src/version.ts";
import { makeDenoExecutable, makeStandInExecutable } from "./windows_executable.ts";
import { oncePerFile } from "../../support/once_per_file.ts";
import { openWine } from "../support/wine.ts";

const windows = oncePerFile(openWine);
const standIn = oncePerFile(makeStandInExecutable);

const TRUE_EXECUTABLE = new URL("../../../dist/windlass.exe", import.meta.url).pathname;
/** Each is what programs of Windows find difficult to pass on. */
const ARGUMENTS = [
  "plain",
  "",
  " ",
  "a b",
  "\t",
  '"',
  '""',
  'a"b',
  'a b" c',
  "\\",
  "\\\\",
  'a\\"b',
  'a\\\\"b c',
  "C:\\folder\\",
  "C:\\a folder\\",
  "\\\\server\\share\\",
  "%PATH%",
  "^&|<>()!",
  "*.ts",
  "?",
  "--flag=a b",
  "--",
  "-A",
  "ünï — 東京 😀",
  "line\nbreak",
  "'single'",
  "tail\\",
];
/** With it, the longest names of the launcher's files have more than 260 characters. */
const LONGEST_HOME = `C:\\${"long folder name\\".repeat(9)}longest home 1234`;
const EXIT_CODES = [0, 1, 255, 256, 259, 65_536, 2 ** 31 - 1, 2 ** 31, 3_221_225_786, 2 ** 32 - 1];

Deno.test("windlass.exe hands environment, raw command line and streams through", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  const home = executable.newHome();
  const windowsHome = wine.toWindows(home);
  const told = await executable.start(wine, "plain", { home, rest: '  "a b" c\\\\"d e"  "" ü' });
  const [path, cache, noCheck, store, helper, console, ...args] = told.stdout.split("|");
  assert.equal(told.stderr, "");
  assert.deepEqual([path, cache, noCheck, store, helper, console], [
    wine.toWindows(executable.path),
    `${windowsHome}\\deno`,
    "1",
    "mozilla",
    "",
    "",
  ]);
  assert.deepEqual(args, ["a b", "c\\d e", "", "ü", ""]);
  const echoed = await executable.start(wine, "plain", { home, rest: " echo", stdin: "in ".repeat(50_000) });
  assert.deepEqual(echoed, { report: "exit 0\n", stdout: "in ".repeat(50_000), stderr: "to stderr" });
});

Deno.test("windlass.exe ends with every exit code that there is", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  const home = executable.newHome();
  for (const code of EXIT_CODES) {
    const { report } = await executable.start(wine, "plain", { home, rest: ` exit ${code}` });
    assert.equal(report, `exit ${code}\n`);
  }
});

Deno.test("windlass.exe puts its home where the environment says, and makes it", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  const program = wine.toWindows(executable.path);
  for (
    const [home, folder] of [
      [undefined, "C:\\users\\root\\AppData\\Local\\Windlass"],
      ["C:/made/by\\it//", "C:\\made\\by\\it"],
      ["C:\\Ünï 東京 😀", "C:\\Ünï 東京 😀"],
      [LONGEST_HOME, LONGEST_HOME],
    ] as const
  ) {
    const environment: Record<string, string> = home === undefined ? {} : { WINDLASS_HOME: home };
    const { code, stdout, stderr } = await wine.run({ program, environment });
    assert.deepEqual([code, stderr, stdout.split("|")[1]], [0, "", `${folder}\\deno`]);
    assert.equal((await Array.fromAsync(Deno.readDir(join(wine.toLinux(folder), "components")))).length, 4);
  }
});

Deno.test("windlass.exe refuses a home that cannot be one", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  const remedy =
    "  WL_HOME_INVALID: Set WINDLASS_HOME to an absolute path of a folder that you can write to, or unset it.\n";
  await Deno.writeTextFile(join(wine.driveC, "file"), "");
  for (
    const [home, sentence] of [
      ["here", "windlass: Cannot use 'here' as WINDLASS_HOME: it is not an absolute path\n"],
      ["\\here", "windlass: Cannot use '\\here' as WINDLASS_HOME: it is not an absolute path\n"],
      ["C:here", "windlass: Cannot use 'C:here' as WINDLASS_HOME: it is not an absolute path\n"],
      [
        "\\\\server\\share\\home",
        "windlass: Cannot use '\\\\server\\share\\home' as WINDLASS_HOME: it is not on a drive of this machine\n",
      ],
      ["C:\\file", "windlass: Cannot make the folder 'C:\\file': Directory name invalid (error 267)\n"],
      ["C:\\file\\in", "windlass: Cannot make the folder 'C:\\file': Directory name invalid (error 267)\n"],
      ["Q:\\home", "windlass: Cannot make the folder 'Q:\\home': File not found (error 2)\n"],
      ["Z:\\proc\\home", "windlass: Cannot make the folder 'Z:\\proc\\home': File not found (error 2)\n"],
      [
        `${LONGEST_HOME}5`,
        "windlass: Cannot use the folder for Windlass: its path has 174 characters, the most is 173\n",
      ],
    ] as const
  ) {
    const program = { program: wine.toWindows(executable.path), environment: { WINDLASS_HOME: home } };
    const { code, stdout, stderr } = await wine.run(program);
    assert.deepEqual([code, stdout, stderr], [2, "", sentence + remedy]);
  }
});

Deno.test("windlass.exe refuses arguments that leave no room for its own", async () => {
  const [executable, wine] = await Promise.all([standIn(), windows()]);
  const home = executable.newHome();
  const { report, stderr } = await executable.start(wine, "plain", { home, rest: ` ${"a".repeat(32_600)}` });
  assert.deepEqual([report, stderr], [
    "exit 2\n",
    "windlass: Cannot start Windlass: the arguments are longer than the system's 32767 characters\n" +
    "  WL_ARGUMENTS_TOO_LONG: Pass fewer or shorter arguments.\n",
  ]);
});

Deno.test("windlass.exe runs the true runtime, offline, with all arguments as they are", async () => {
  await using executable = await makeDenoExecutable("tests/end_to_end/executable/fixtures/echo_program.ts");
  const wine = await windows();
  const home = executable.newHome();
  await Deno.writeTextFile(join(wine.driveC, "deno.json"), "{ broken");
  await Deno.writeTextFile(join(wine.driveC, "package.json"), "{ broken");
  const { code, stdout, stderr } = await executable.run(wine, home, ["echo", ...ARGUMENTS]);
  assert.deepEqual([code, stderr], [41, ""]);
  assert.deepEqual(JSON.parse(stdout), {
    args: ARGUMENTS,
    parsed: "ok",
    lazy: "loaded",
    executable: wine.toWindows(executable.path),
  });
});

Deno.test({
  name: "dist/windlass.exe knows its version and finds every byte as it was built",
  ignore: !await Deno.stat(TRUE_EXECUTABLE).then(() => true, () => false), // it takes a build
  fn: async () => {
    const wine = await windows();
    const program = wine.toWindows(TRUE_EXECUTABLE);
    const environment = { WINDLASS_HOME: "C:\\home" };
    const version = await wine.run({ program, args: ["--version"], environment });
    assert.deepEqual([version.code, version.stdout, version.stderr], [0, `windlass ${VERSION}\n`, ""]);
    const verified = await wine.run({ program, args: ["self", "verify"], environment });
    assert.deepEqual([verified.code, verified.stdout, verified.stderr], [
      0,
      `${program}: every byte is intact\n`,
      "",
    ]);
  },
});
