import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ClientCase } from "../client_case.ts";

const CLI = join(dirname(fileURLToPath(import.meta.url)), "..", "dev_container_cli.ts");

/**
 * The Docker CLI as the dev container CLI calls it. That waits for the start of its container in a stream of events,
 * and does not wait for the stream before it starts the container: at times it would miss the event, and wait for ever.
 */
const DOCKER = `#!/bin/sh
[ "$1" != events ] || { shift; set -- events --since "$(date +%s)" "$@"; }
exec docker "$@"
`;

/** Dev containers, brought up as VS Code does it. */
export const DEV_CONTAINER_CASES: readonly ClientCase[] = [
  {
    name: "the dev container CLI brings a container up, runs its commands and finds it again",
    async run({ docker, image, folder }) {
      await Deno.mkdir(join(folder, ".devcontainer"));
      await Deno.writeTextFile(join(folder, "note.txt"), "from the machine\n");
      await Deno.writeTextFile(
        join(folder, ".devcontainer", "devcontainer.json"),
        JSON.stringify({
          image,
          remoteUser: "root",
          updateRemoteUserUID: false,
          containerEnv: { FROM_CONFIG: "yes" },
          postCreateCommand: "echo created > /made",
        }),
      );
      await Deno.writeTextFile(join(folder, ".devcontainer", "docker"), DOCKER, { mode: 0o755 });
      const cli = (command: string) =>
        docker.shell(`"$DENO" run --quiet --allow-all "$CLI" ${command} 2>&1`, {
          env: { DENO: Deno.execPath(), CLI, DENO_DIR: Deno.env.get("DENO_DIR") ?? "", FOLDER: folder },
        });
      const options = '--docker-path "$FOLDER/.devcontainer/docker" --workspace-folder "$FOLDER"';
      const containers = [];
      for (const _ of ["created", "found again"]) {
        const said = await cli(`up ${options}`);
        const result = JSON.parse(said.slice(said.lastIndexOf('{"outcome"')));
        assert.equal(result.outcome, "success", said);
        containers.push(result.containerId);
      }
      assert.equal(containers[0], containers[1]);
      const note = `/workspaces/${basename(folder)}/note.txt`;
      const seen = await cli(`exec ${options} sh -c 'cat ${note} /made; echo $FROM_CONFIG'`);
      assert.match(seen, /from the machine\ncreated\nyes$/);
      await docker.run(["rm", "--force", containers[0]]);
    },
  },
];
