import assert from "node:assert/strict";
import { autostartFile, desktopEntry, removeAutostart, writeAutostart } from "./autostart.ts";

const PROGRAM = { name: "windlass", program: "/opt/windlass", args: ["start", "--on-demand"] };

Deno.test("desktopEntry() starts the program without a terminal", () => {
  assert.equal(
    desktopEntry(PROGRAM),
    "[Desktop Entry]\nType=Application\nName=Windlass\nComment=Docker engine\n" +
      "Exec=/opt/windlass start --on-demand\nTerminal=false\nNoDisplay=true\n",
  );
});

Deno.test("desktopEntry() quotes what the rules of Exec lines ask for", () => {
  const entry = desktopEntry({
    ...PROGRAM,
    program: '/opt/my "100%" $x\\y',
    environment: { WINDLASS_HOME: "/home/a b" },
  });
  const line = entry.split("\n").find((text) => text.startsWith("Exec="));
  assert.equal(
    line,
    'Exec=env "WINDLASS_HOME=/home/a b" "/opt/my \\\\"100%%\\\\" \\\\$x\\\\\\\\y" start --on-demand',
  );
});

Deno.test("autostartFile() follows XDG_CONFIG_HOME, then HOME", () => {
  assert.equal(autostartFile("a", { XDG_CONFIG_HOME: "/x", HOME: "/h" }), "/x/autostart/a.desktop");
  assert.equal(autostartFile("a", { HOME: "/h" }), "/h/.config/autostart/a.desktop");
  assert.equal(autostartFile("a", {}), undefined);
});

Deno.test("writeAutostart() and removeAutostart() may be repeated", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const environment = { XDG_CONFIG_HOME: `${folder}/config` };
    await removeAutostart("windlass", environment);
    await writeAutostart(PROGRAM, environment);
    await writeAutostart(PROGRAM, environment);
    const path = `${folder}/config/autostart/windlass.desktop`;
    assert.equal(await Deno.readTextFile(path), desktopEntry(PROGRAM));
    await removeAutostart("windlass", environment);
    await removeAutostart("windlass", environment);
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("writeAutostart() says when the user has no folder", async () => {
  await assert.rejects(writeAutostart(PROGRAM, {}), {
    code: "WL_FILE_NOT_WRITABLE",
    message: "Cannot find the autostart folder: neither XDG_CONFIG_HOME nor HOME is set",
  });
});
