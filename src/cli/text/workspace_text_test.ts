import assert from "node:assert/strict";
import { OTHER_DISTRO, WORKSPACE } from "../../../tests/fakes/fake_workspaces.ts";
import type { Problem } from "../../api/resources/problems.ts";
import type { Workspace } from "../../api/resources/workspaces.ts";
import { checkText, disabledText, enabledText, listText } from "./workspace_text.ts";

const PROBLEM: Problem = {
  code: "WL_WORKSPACE_INCOMPLETE",
  message: "Cannot use Docker in 'Ubuntu': /usr/local/bin/docker is missing",
  remedy: "Run 'windlass workspace enable Ubuntu', which repairs it.",
};
const FOUND = WORKSPACE.found!;

Deno.test("listText() says of each distro whether it is on, what is wrong, and what to do", () => {
  const workspaces: Workspace[] = [
    OTHER_DISTRO,
    { ...WORKSPACE, problems: [PROBLEM] },
    { ...WORKSPACE, name: "Alpine", isDefault: false, state: "stopped", found: null },
    { ...WORKSPACE, name: "Fedora", isDefault: false, found: { ...FOUND, docker: "own" } },
    {
      ...OTHER_DISTRO,
      name: "legacy",
      ineligible: {
        code: "WL_WORKSPACE_INELIGIBLE",
        message: "Cannot use 'legacy' as a workspace: it runs with WSL 1",
        remedy: "Run 'wsl --set-version legacy 2', and try again.",
      },
    },
    {
      ...OTHER_DISTRO,
      name: "docker-desktop",
      ineligible: {
        code: "WL_WORKSPACE_INELIGIBLE",
        message: "Cannot use the distro 'docker-desktop' as a workspace: it is a part of Docker Desktop",
        remedy: "Run 'windlass workspace list' to see which distros can be workspaces.",
      },
    },
    { ...WORKSPACE, name: "gone", isDefault: false, state: "missing", found: null },
  ];
  assert.equal(
    listText(workspaces, 80),
    `Debian: off
Ubuntu: on, running, default distro
    Cannot use Docker in 'Ubuntu': /usr/local/bin/docker is missing
    WL_WORKSPACE_INCOMPLETE: Run 'windlass workspace enable Ubuntu', which
    repairs it.
Alpine: on, stopped, not checked, which would start it
Fedora: on, running, with a docker command of its own
legacy: cannot be a workspace
    It runs with WSL 1
    WL_WORKSPACE_INELIGIBLE: Run 'wsl --set-version legacy 2', and try again.
docker-desktop: cannot be a workspace
    It is a part of Docker Desktop
gone: on, there is no distro of that name
`,
  );
});

Deno.test("listText() says how to begin where nothing is on, and what to do without any distro", () => {
  assert.equal(
    listText([OTHER_DISTRO], 80),
    "Debian: off\n\nRun 'windlass workspace enable NAME' to use Docker inside one\n",
  );
  assert.equal(listText([], 80), "No distros; 'wsl --install' installs one\n");
});

Deno.test("listText() and checkText() fit into a narrow terminal", () => {
  const workspace = { ...WORKSPACE, problems: [PROBLEM] };
  for (const text of [listText([workspace], 50), checkText(workspace, 50)]) {
    assert.ok(text.split("\n").every((line) => line.length < 50), text);
  }
});

Deno.test("checkText() shows everything that was found", () => {
  const found = { ...FOUND, files: [...FOUND.files, { path: "/etc/x", state: "missing" as const }] };
  assert.equal(
    checkText({ ...WORKSPACE, found }, 80),
    `Ubuntu: on, running, default distro
    Socket   /var/run/docker.sock leads to Windlass
    docker   the command of Windlass, with compose and buildx
    Files    2 in place, 1 missing
    Users    the default user and root
    Interop  on: docker starts the engine when it is stopped
    Drives   at /mnt/
    systemd  running
    Shells   bash
`,
  );
  assert.equal(checkText(OTHER_DISTRO, 80), "Debian: off\n");
});

Deno.test("enabledText() says what to do next, and what was left as it is", () => {
  assert.equal(
    enabledText({ workspace: WORKSPACE, steps: [{ path: "/usr/local/bin/docker", outcome: "placed" }] }, 80),
    "Ubuntu is on: open a new terminal in it and use docker\n",
  );
  assert.equal(
    enabledText({
      workspace: { ...WORKSPACE, found: { ...FOUND, docker: "own" } },
      steps: [{ path: "/usr/local/bin/docker", outcome: "skipped", why: "own" }],
    }, 80),
    "Ubuntu is on: its own docker command uses Windlass\n" +
      "    Left as it is, /usr/local/bin/docker: the distro has its own\n",
  );
  assert.equal(
    enabledText({ workspace: { ...WORKSPACE, problems: [PROBLEM] }, steps: [] }, 100),
    "Ubuntu is on, but not everything works in it\n" +
      "    Cannot use Docker in 'Ubuntu': /usr/local/bin/docker is missing\n" +
      "    WL_WORKSPACE_INCOMPLETE: Run 'windlass workspace enable Ubuntu', which repairs it.\n",
  );
});

Deno.test("disabledText() says that nothing is left, or what was kept and why", () => {
  const workspace = { ...WORKSPACE, enabled: false, found: null };
  const removed = { path: "/usr/local/bin/docker", outcome: "removed" as const };
  assert.equal(
    disabledText({ workspace, steps: [removed] }, 80),
    "Ubuntu is off, and nothing of Windlass is left in it\n",
  );
  const changed = { path: "/etc/profile.d/windlass.sh", outcome: "skipped" as const, why: "changed" };
  const other = { path: "/usr/local/bin/docker", outcome: "skipped" as const, why: "a reason of its own" };
  assert.equal(
    disabledText({ workspace, steps: [removed, changed, other] }, 100),
    "Ubuntu is off\n" +
      "    Left as it is, /etc/profile.d/windlass.sh: it was changed after Windlass had placed it\n" +
      "    Left as it is, /usr/local/bin/docker: a reason of its own\n",
  );
  assert.equal(
    disabledText({ workspace: { ...workspace, state: "missing" }, steps: [] }, 80),
    "Ubuntu is off; there is no distro of that name\n",
  );
});
