import assert from "node:assert/strict";
import { join } from "node:path";
import { windowsPaths } from "../relay/paths/windows_paths.ts";
import { dockerCliCall } from "./docker_cli_windows.ts";

const CALL = {
  args: ["run", "-v", "C:\\Users\\me:/data", "busybox"],
  distro: "windlass",
  folder: "C:\\Users\\me\\My project",
  home: "/mnt/c/Windlass",
  environment: {},
  translate: windowsPaths(),
  configText: "",
};
const SEARCH_PATH = "PATH=/usr/sbin:/usr/bin:/sbin:/bin:/run/windlass/credential-helpers";
const START = [
  "-d",
  "windlass",
  "-u",
  "root",
  "--cd",
  "/mnt/c/Users/me/My project",
  "--exec",
  "/usr/bin/env",
];

Deno.test("dockerCliCall() leaves the CLI's own arguments as they are", () => {
  assert.deepEqual(dockerCliCall(CALL), {
    words: [
      ...START,
      ...[
        "DOCKER_HOST=unix:///run/windlass/docker.sock",
        SEARCH_PATH,
        "BUILDKIT_NO_CLIENT_TOKEN=1",
        "DOCKER_CONFIG=/mnt/c/Windlass/docker",
      ],
      ...["/usr/bin/docker", ...CALL.args],
    ],
    helpers: [],
    crossing: "WINDLASS_DOCKER_CONFIG",
    configFile: join("/mnt/c/Windlass/docker", "config.json"),
  });
});

Deno.test("dockerCliCall() has no value of the user's variables among the arguments but paths", () => {
  const environment = {
    DOCKER_CONFIG: "D:\\config",
    TOKEN: "secret",
    PATH: "C:\\Windows",
    DOCKER_HOST: "tcp://x",
  };
  const { words, crossing } = dockerCliCall({ ...CALL, environment });
  assert.equal(crossing, "WINDLASS_DOCKER_CONFIG:TOKEN");
  assert.deepEqual(words.slice(START.length, words.indexOf("/usr/bin/docker")), [
    "DOCKER_HOST=unix:///run/windlass/docker.sock",
    SEARCH_PATH,
    "BUILDKIT_NO_CLIENT_TOKEN=1",
    "DOCKER_CONFIG=/mnt/d/config",
  ]);
});

Deno.test("dockerCliCall() names the credential helpers, which the distro does not have", () => {
  const configText = '{"credsStore":"wincred","credHelpers":{"a":"wincred","b":"gcloud"}}';
  const { helpers, words } = dockerCliCall({ ...CALL, configText });
  assert.deepEqual(helpers, ["docker-credential-wincred", "docker-credential-gcloud"]);
  assert.deepEqual(words, dockerCliCall(CALL).words);
});

Deno.test("dockerCliCall() refuses a folder that the distro does not have", () => {
  assert.throws(() => dockerCliCall({ ...CALL, folder: "\\\\server\\share\\x" }), {
    code: "WL_FOLDER_UNREACHABLE",
    message:
      "Cannot run the Docker CLI in '\\\\server\\share\\x': the folder is not on a drive of this machine",
    remedy: "Change to a folder on a drive of this machine, such as 'C:\\Users', and try again.",
  });
});

Deno.test("dockerCliCall() refuses a build with the ssh agent of Windows, and takes one with a key", () => {
  for (const args of [["build", "--ssh", "default", "."], ["compose", "build", "--ssh=default"]]) {
    assert.throws(() => dockerCliCall({ ...CALL, args }), {
      code: "WL_NOT_SUPPORTED",
      message:
        "Cannot use the ssh agent in this build: it is a program of Windows, which the engine distro cannot reach",
      remedy: "Name a key file instead, such as '--ssh default=.ssh/id_ed25519'.",
    });
  }
  for (const args of [["build", "--ssh", "default=key", "."], ["run", "x", "build", "--ssh", "default"]]) {
    assert.ok(dockerCliCall({ ...CALL, args }).words.includes("--ssh"));
  }
});
