import assert from "node:assert/strict";
import { addedVariables, distroEnvironment, variablesToDrop } from "./docker_cli_environment.ts";

const toDistro = (path: string) => path.replace(/^C:\\/, "/mnt/c/").replaceAll("\\", "/");

Deno.test("variablesToDrop() drops what chooses an engine and what is Windlass's own, and nothing else", () => {
  const users = {
    PATH: "/bin",
    HOME: "/root",
    PWD: "/x",
    EMPTY: "",
    "odd(name)": "1",
    WINDLASS_HOME: "/srv/w",
  };
  const dropped = {
    DOCKER_HOST: "tcp://x",
    DOCKER_CONTEXT: "y",
    DOCKER_TLS_VERIFY: "1",
    DOCKER_CERT_PATH: "/certs",
    LD_PRELOAD: "/x.so",
    WINDLASS_EXECUTABLE: "/w",
    WINDLASS_WSL_HELPER: "/h",
    DENO_DIR: "/cache",
  };
  assert.deepEqual(
    variablesToDrop({ ...users, DOCKER_CONFIG: "/c", LD_LIBRARY_PATH: "/l", ...dropped }),
    Object.keys(dropped),
  );
});

Deno.test("distroEnvironment() lets every variable cross but those that Linux has itself", () => {
  const users = {
    TAG: "1",
    APPDATA: "C:\\x",
    "ProgramFiles(x86)": "C:\\y",
    EMPTY: "",
    TEMP: "C:\\t",
    LINES: "a\nb",
  };
  const dropped = {
    Path: "C:\\Windows",
    HOME: "C:\\Users\\me",
    PWD: "/c/x",
    WSL_UTF8: "1",
    WSL_DISTRO_NAME: "x",
    SSH_AUTH_SOCK: "\\\\.\\pipe\\openssh-ssh-agent",
    Docker_Host: "tcp://x",
    DOCKER_CONTEXT: "y",
    WINDLASS_EXECUTABLE: "C:\\w.exe",
    "=C:": "C:\\x",
    "a:b": "1",
  };
  assert.deepEqual(distroEnvironment({ ...users, ...dropped }, toDistro), {
    crossing: Object.keys(users).join(":"),
    translated: {},
  });
});

Deno.test("distroEnvironment() translates the paths that the CLI and its plugins read", () => {
  const variables = {
    DOCKER_CONFIG: "C:\\config",
    COMPOSE_FILE: "C:\\a.yaml;b\\c.yaml",
    COMPOSE_ENV_FILES: "C:\\a.env,b.env",
  };
  assert.deepEqual(distroEnvironment(variables, toDistro), {
    crossing: "",
    translated: {
      DOCKER_CONFIG: "/mnt/c/config",
      COMPOSE_FILE: "/mnt/c/a.yaml:b/c.yaml",
      COMPOSE_ENV_FILES: "/mnt/c/a.env,b.env",
    },
  });
  const separated = { COMPOSE_FILE: "C:\\a.yaml,b.yaml", COMPOSE_PATH_SEPARATOR: "," };
  assert.deepEqual(distroEnvironment(separated, toDistro), {
    crossing: "COMPOSE_PATH_SEPARATOR",
    translated: { COMPOSE_FILE: "/mnt/c/a.yaml,b.yaml" },
  });
});

Deno.test("distroEnvironment() follows what the user has in WSLENV, except for the engine", () => {
  const variables = { WSLENV: "Data/p:DOCKER_HOST:GONE/l", DATA: "C:\\data", DOCKER_HOST: "tcp://x" };
  assert.equal(distroEnvironment(variables, toDistro).crossing, "Data/p");
});

Deno.test("addedVariables() has the engine fetch the tokens of registries, unless the user says otherwise", () => {
  assert.deepEqual(addedVariables({ TAG: "1" }), { BUILDKIT_NO_CLIENT_TOKEN: "1" });
  assert.deepEqual(addedVariables({ BUILDKIT_NO_CLIENT_TOKEN: "0" }), {});
  assert.deepEqual(addedVariables({ Buildkit_No_Client_Token: "" }), {});
});
