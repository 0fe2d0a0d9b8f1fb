/** Whom the executable believes: the folders that it runs programs from, and the environment that it is started in. */
import assert from "node:assert/strict";
import { makeDenoExecutable, makeShellExecutable } from "./small_executable.ts";

/** Nobody's user id; the tests run as root. */
const STRANGER = 65534;

const OWNER_REMEDY =
  "  WL_HOME_INVALID: Set WINDLASS_HOME to a folder of your own, or start without the variables of the other user: " +
  "'sudo -H' instead of 'sudo -E', 'su -' instead of 'su'.\n";
const WRITABLE_REMEDY =
  "  WL_HOME_INVALID: Make sure that no one else has put anything into it, then run 'chmod go-w' on it, " +
  "or set WINDLASS_HOME to a folder of your own.\n";

const belongsToStranger = (home: string, part: string) =>
  `windlass: Cannot use '${home}' for Windlass: '${part}' belongs to another user (user id ${STRANGER})\n${OWNER_REMEDY}`;
const isOpen = (home: string, part: string) =>
  `windlass: Cannot use '${home}' for Windlass: other users can write to '${part}'\n${WRITABLE_REMEDY}`;

Deno.test("windlass runs nothing from a home that another user owns or can write to", async (test) => {
  await using executable = await makeShellExecutable();
  const folder = await Deno.realPath(executable.folder);
  const refuses = async (what: string, home: string, sentence: string) => {
    await test.step(what, async () => {
      const { code, stdout, stderr } = await executable.run(home, ["0"]);
      assert.deepEqual([code, stdout, stderr], [2, "", sentence]);
    });
  };
  const usedHome = async (name: string) => {
    const home = `${folder}/${name}`;
    assert.equal((await executable.run(home, ["0"])).code, 0);
    return home;
  };

  const theirs = await usedHome("theirs");
  await Deno.chown(theirs, STRANGER, STRANGER);
  await refuses("a home of another user", theirs, belongsToStranger(theirs, theirs));

  for (const mode of [0o777, 0o1777, 0o770, 0o702]) {
    const open = await usedHome(`open-${mode}`);
    await Deno.chmod(open, mode);
    await refuses(`a home of mode ${mode.toString(8)}`, open, isOpen(open, open));
  }

  for (const name of ["components", "versions", "deno"]) {
    const home = await usedHome(`part-${name}`);
    const part = `${home}/${name}`;
    await Deno.mkdir(part, { recursive: true });
    await Deno.chown(part, STRANGER, STRANGER);
    await refuses(`its folder ${name}, of another user`, home, belongsToStranger(home, part));
    await Deno.chown(part, 0, 0);
    await Deno.chmod(part, 0o777);
    await refuses(`its folder ${name}, writable by all`, home, isOpen(home, part));
  }

  const person = `${folder}/person`;
  await Deno.mkdir(person);
  await Deno.chown(person, STRANGER, STRANGER);
  const below = `${person}/.local/share/windlass`;
  await refuses(
    "a home that would be made in another user's folder",
    below,
    belongsToStranger(below, person),
  );
  assert.deepEqual(await Array.fromAsync(Deno.readDir(person)), [], "nothing is made there");

  const link = `${folder}/link`;
  await Deno.symlink(theirs, link);
  await refuses("a link to another user's home", link, belongsToStranger(link, theirs));
  const theirLink = `${folder}/their-link`;
  await Deno.symlink(await usedHome("own"), theirLink);
  await new Deno.Command("chown", { args: ["-h", `${STRANGER}`, theirLink] }).output();
  await refuses("a link that another user has made", theirLink, belongsToStranger(theirLink, theirLink));

  const shared = `${folder}/shared`;
  await Deno.mkdir(shared);
  await Deno.chmod(shared, 0o777);
  await refuses(
    "a home in a folder where all can rename it",
    `${shared}/home`,
    isOpen(`${shared}/home`, shared),
  );

  await test.step("a home of one's own, in a sticky folder, by a link of one's own, or owned by root", async () => {
    await Deno.chmod(shared, 0o1777);
    const home = await usedHome("shared/home");
    await Deno.symlink("shared/home", `${folder}/own-link`);
    assert.equal((await executable.run(`${folder}/own-link`, ["0"])).code, 0);
    const wrapper = ["setpriv", "--reuid", `${STRANGER}`, "--regid", `${STRANGER}`, "--clear-groups"];
    await Deno.chown(`${theirs}/components`, STRANGER, STRANGER);
    assert.equal((await executable.run(theirs, ["0"], { wrapper })).code, 0);
    for (const part of [home, `${home}/components`]) await Deno.chmod(part, 0o755);
    assert.equal((await executable.run(home, ["0"], { wrapper })).code, 0);
  });
});

Deno.test("windlass believes no file in its home that another user owns", async () => {
  await using executable = await makeShellExecutable();
  const home = executable.newHome();
  await executable.run(home, ["0"]);
  const components = `${home}/components`;
  const names = await Array.fromAsync(Deno.readDir(components), ({ name }) => name);
  const app = names.find((name) => name.endsWith("-app"))!;
  await Deno.chown(`${components}/${app}`, STRANGER, STRANGER);
  const replaced = await executable.run(home, ["0"]);
  assert.match(replaced.stderr, /^windlass: Cannot trust '.*-app': .*\n {2}WL_COMPONENT_TAMPERED: /);
  assert.deepEqual([replaced.code, (await Deno.stat(`${components}/${app}`)).uid], [0, 0]);

  // A changed program with a stamp that fits, as somebody writes it who could once write here.
  await Deno.writeTextFile(`${components}/${app}`, "another program\n".padEnd(12_000, " "));
  await Deno.chown(`${components}/${app}.stamp`, STRANGER, STRANGER);
  assert.match((await executable.run(home, ["0"])).stderr, /WL_COMPONENT_TAMPERED/);
  assert.match(await Deno.readTextFile(`${components}/${app}`), /^the program/);

  await Deno.writeTextFile(`${home}/current.json`, "{}");
  await Deno.chown(`${home}/current.json`, STRANGER, STRANGER);
  assert.match(
    (await executable.run(home, ["0"])).stderr,
    /^windlass: Cannot trust '.*\/current\.json': another user owns it, or can write to it\n {2}WL_CURRENT_DAMAGED: /,
  );
});

Deno.test("windlass runs no code that the caller's environment names", async () => {
  await using executable = await makeDenoExecutable(
    "tests/end_to_end/executable/fixtures/environment_program.ts",
  );
  const folder = executable.folder;
  await Deno.writeTextFile(`${folder}/evil.cjs`, `require("node:fs").writeFileSync("${folder}/ran", "");`);
  const given = {
    NODE_OPTIONS: `--require ${folder}/evil.cjs`,
    NODE_ENV: "production",
    DENO_AUDIT_PERMISSIONS: `${folder}/audit`,
    DENO_PERMISSION_BROKER_PATH: `${folder}/broker`,
    OTEL_DENO: "true",
    WINDLASS_WSL_HELPER: `${folder}/evil`,
  };
  const { code, stdout } = await new Deno.Command(executable.path, {
    env: { ...given, WINDLASS_HOME: executable.newHome(), WINDLASS_CALLER_NODE_ENV: "of an earlier start" },
  }).output();
  assert.equal(code, 0);
  const { WINDLASS_WSL_HELPER: _, ...kept } = given;
  const seen: Record<string, string> = JSON.parse(new TextDecoder().decode(stdout));
  const names = Object.keys(seen).filter((name) => /^(DENO_|NODE_|OTEL_|WINDLASS_WSL_HELPER)/.test(name))
    .sort();
  assert.deepEqual(names, ["DENO_DIR", "DENO_NO_UPDATE_CHECK", "DENO_TLS_CA_STORE"]);
  for (const [name, value] of Object.entries(kept)) assert.equal(seen[`WINDLASS_CALLER_${name}`], value);
  const made = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  assert.deepEqual(made.filter((name) => name === "ran" || name === "audit"), []);
});

Deno.test("windlass starts in a folder that has been removed, with streams closed, and without HOME", async () => {
  await using executable = await makeDenoExecutable(
    "tests/end_to_end/executable/fixtures/environment_program.ts",
  );
  const home = executable.newHome();
  const shell = async (line: string, env: Record<string, string> = {}) => {
    const { code, stdout, stderr } = await new Deno.Command("/bin/sh", {
      args: ["-c", line, "sh", executable.path],
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin", WINDLASS_HOME: home, ...env },
    }).output();
    const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code, out, error };
  };
  const removed = `mkdir ${executable.folder}/gone && cd ${executable.folder}/gone && rmdir "$PWD" && `;
  const inRemoved = await shell(`${removed} exec "$1"`);
  assert.deepEqual([inRemoved.code, inRemoved.error], [0, ""]);
  assert.equal(JSON.parse(inRemoved.out!)["WINDLASS_HOME"], home);
  for (const closed of ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"]) {
    assert.equal((await shell(`exec "$1" ${closed}`)).code, 0, closed);
  }
  for (
    const odd of [{ TERM: "no-such-terminal" }, { LANG: "xx_YY.nothing", LC_ALL: "\u{1}" }, {
      TMPDIR: "/nonesuch",
    }]
  ) {
    const { code, error } = await shell(`exec "$1"`, odd);
    assert.deepEqual([code, error], [0, ""], JSON.stringify(odd));
  }
});

Deno.test("windlass says on a terminal that it unpacks itself, once, and never elsewhere", async () => {
  await using executable = await makeShellExecutable();
  const onTerminal = async (home: string) => {
    const { stdout } = await new Deno.Command("script", {
      args: ["--quiet", "--return", "--command", `${executable.path} 0 >/dev/null`, "/dev/null"],
      env: { WINDLASS_HOME: home },
      stdin: "null",
    }).output();
    return new TextDecoder().decode(stdout);
  };
  const home = executable.newHome();
  assert.equal(await onTerminal(home), "Unpacking Windlass; this happens once\r\n");
  assert.equal(await onTerminal(home), "");
  assert.equal((await executable.run(executable.newHome(), ["0"])).stderr, "");
});
