import assert from "node:assert/strict";
import { windowsPaths } from "../relay/windows_paths.ts";
import { dockerCliArguments } from "./docker_cli_windows.ts";

const CALL = {
  args: ["run", "-v", "C:\\Users\\me:/data", "busybox"],
  distro: "windlass",
  folder: "C:\\Users\\me\\My project",
  home: "/mnt/c/Windlass",
  environment: {},
  translate: windowsPaths(),
};

Deno.test("dockerCliArguments() leave the CLI's own arguments as they are", () => {
  assert.deepEqual(dockerCliArguments(CALL), [
    ...["-d", "windlass", "-u", "root", "--cd", "/mnt/c/Users/me/My project"],
    ...["--exec", "/usr/bin/env", "DOCKER_HOST=unix:///run/windlass/docker.sock"],
    ...["DOCKER_CONFIG=/mnt/c/Windlass/docker", "/usr/bin/docker", ...CALL.args],
  ]);
});

Deno.test("dockerCliArguments() pass on what the CLI reads, and no other variable", () => {
  const environment = {
    DOCKER_CONFIG: "D:\\config",
    NO_COLOR: "1",
    PATH: "C:\\Windows",
    DOCKER_HOST: "tcp://x",
  };
  const args = dockerCliArguments({ ...CALL, environment });
  assert.deepEqual(args.slice(args.indexOf("/usr/bin/env") + 1, args.indexOf("/usr/bin/docker")), [
    "DOCKER_HOST=unix:///run/windlass/docker.sock",
    "DOCKER_CONFIG=/mnt/d/config",
    "NO_COLOR=1",
  ]);
});

Deno.test("dockerCliArguments() refuse a folder that the distro does not have", () => {
  assert.throws(() => dockerCliArguments({ ...CALL, folder: "\\\\server\\share\\x" }), {
    code: "WL_FOLDER_UNREACHABLE",
    message:
      "Cannot run the Docker CLI in '\\\\server\\share\\x': the folder is not on a drive of this machine",
    remedy: "Change to a folder on a drive of this machine, such as 'C:\\Users', and try again.",
  });
});
