import assert from "node:assert/strict";
import { WindlassError } from "../../errors/windlass_error.ts";
import { resolveHome } from "../home.ts";
import { startWarnings } from "./start_warnings.ts";

Deno.test("startWarnings() makes the Docker context of the default home, and only of that", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const options = { machine: { checkHome() {} }, dockerConfig: `${folder}/docker`, log() {} };
    const other = resolveHome({ WINDLASS_HOME: "/srv/w", HOME: "/h" }, "linux");
    assert.deepEqual(await startWarnings({ ...options, home: other }), []);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    const usual = resolveHome({ HOME: "/h" }, "linux");
    assert.deepEqual(await startWarnings({ ...options, home: usual }), []);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["docker"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("startWarnings() reports each failure, and continues after it", async () => {
  const file = await Deno.makeTempFile();
  try {
    const logged: string[] = [];
    const problems = await startWarnings({
      machine: {
        checkHome() {
          throw new WindlassError("WL_HOME_OPEN", "Cannot keep 'C:\\w' private: others have rights there");
        },
      },
      home: resolveHome({ HOME: "/h" }, "linux"),
      dockerConfig: file,
      log: (level, event) => void logged.push(`${level} ${event}`),
    });
    assert.deepEqual(problems.map(({ code }) => code), ["WL_HOME_OPEN", "WL_DOCKER_CONFIG_INVALID"]);
    assert.deepEqual(logged, ["warn home.open", "warn docker.context.failed"]);
  } finally {
    await Deno.remove(file);
  }
});
