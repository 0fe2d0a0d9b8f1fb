import assert from "node:assert/strict";
import { join } from "node:path";
import { executableUnderTest } from "../../support/windlass_instance.ts";
import { openWine, type Wine } from "../support/wine.ts";

/** Runs the lines of a batch file as cmd.exe does. The executable is `%WINDLASS%`. */
async function runBatch(wine: Wine, lines: readonly string[]) {
  const script = join(wine.driveC, "trial.cmd");
  await Deno.writeTextFile(script, ["@echo off", ...lines, ""].join("\r\n"));
  const { code, stdout, stderr } = await wine.run({
    program: "cmd",
    args: ["/c", wine.toWindows(script)],
    environment: { WINDLASS: wine.toWindows(`${executableUnderTest()}.exe`) },
  });
  return { code, stdout: stdout.replaceAll("\r", ""), stderr: stderr.replaceAll("\r", "") };
}

Deno.test("cmd.exe passes on settings that are objects and lists", async (test) => {
  await using wine = await openWine();

  await test.step("as words without quotes", async () => {
    const { stdout } = await runBatch(wine, [
      '"%WINDLASS%" settings set engine.daemonOptions debug=true log-opts.max-size=10m dns=[10.0.0.53]',
      '"%WINDLASS%" settings set update.mirrors https://a.example/ https://b.example/',
    ]);
    assert.match(
      stdout,
      /^engine\.daemonOptions is \{"debug":true,"log-opts":\{"max-size":"10m"\},"dns":\["10\.0\.0\.53"\]\}\n/,
    );
    assert.match(stdout, /^update\.mirrors is \["https:\/\/a\.example\/","https:\/\/b\.example\/"\]$/m);
  });

  await test.step("as JSON with the quotes that cmd.exe needs", async () => {
    const { stdout } = await runBatch(wine, [
      String.raw`"%WINDLASS%" settings set engine.daemonOptions "{\"debug\":false}"`,
    ]);
    assert.match(stdout, /^engine\.daemonOptions is \{"debug":false\}\n/);
  });

  await test.step("and for JSON that lost its quotes shows a form that works there", async () => {
    const { code, stdout, stderr } = await runBatch(wine, [
      `"%WINDLASS%" settings set engine.daemonOptions '{"debug":true}'`,
    ]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.equal(
      stderr,
      "windlass: Cannot set 'engine.daemonOptions' to ''{debug:true}'': it is neither a JSON object nor NAME=VALUE\n" +
        "  WL_SETTING_INVALID: Shells may remove the quotes of JSON. Without quotes: windlass settings set engine.daemonOptions debug=true log-opts.max-size=10m\n",
    );
  });
});
