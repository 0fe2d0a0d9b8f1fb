import assert from "node:assert/strict";
import { join } from "node:path";
import type { ClientCase } from "../client_case.ts";

/** Files of the large context. */
const CONTEXT_FILES = 10_000;

/** Builds, by BuildKit, by the classic builder and by buildx. */
export const BUILD_CASES: readonly ClientCase[] = [
  {
    name: "docker build - reads the Dockerfile from stdin",
    async run({ docker, image }) {
      const stdin = `FROM ${image}\nRUN echo built > /made\nCMD ["cat", "/made"]\n`;
      await docker.run(["build", "--no-cache", "--tag", "from-stdin:1", "-"], { stdin });
      assert.equal(await docker.run(["run", "--rm", "from-stdin:1"]), "built");
      await docker.run(["rmi", "from-stdin:1"]);
    },
  },
  {
    name: "docker build sends a context of 10,000 files, and only changes the second time",
    async run({ docker, image, folder }) {
      await writeContext(
        folder,
        `FROM ${image}\nCOPY files /files\nRUN find /files -type f | wc -l > /count\n`,
      );
      await docker.run(["build", "--tag", "many:1", folder]);
      assert.equal(await docker.run(["run", "--rm", "many:1", "cat", "/count"]), String(CONTEXT_FILES));
      await Deno.writeTextFile(join(folder, "files", "more"), "more");
      await docker.run(["build", "--tag", "many:1", folder]);
      assert.equal(await docker.run(["run", "--rm", "many:1", "cat", "/count"]), String(CONTEXT_FILES + 1));
      await docker.run(["rmi", "many:1"]);
    },
  },
  {
    name: "docker build takes a context as a tar from stdin",
    async run({ docker, image, folder }) {
      await Deno.writeTextFile(join(folder, "Dockerfile"), `FROM ${image}\nCOPY page /page\n`);
      await Deno.writeTextFile(join(folder, "page"), "page\n");
      await docker.shell("tar -c Dockerfile page | docker build --tag tarred:1 -", { cwd: folder });
      assert.equal(await docker.run(["run", "--rm", "tarred:1", "cat", "/page"]), "page");
      await docker.run(["rmi", "tarred:1"]);
    },
  },
  {
    name: "docker build passes secrets, arguments and targets",
    async run({ docker, image, folder }) {
      await Deno.writeTextFile(join(folder, "secret"), "hidden");
      const dockerfile = `FROM ${image} AS one\nARG WORD\nRUN echo $WORD > /word\n` +
        "RUN --mount=type=secret,id=key wc -c < /run/secrets/key > /length\nFROM one AS two\nRUN echo two > /word\n";
      await Deno.writeTextFile(join(folder, "Dockerfile"), dockerfile);
      const options = ["--secret", `id=key,src=${join(folder, "secret")}`, "--build-arg", "WORD=said"];
      await docker.run(["build", ...options, "--no-cache", "--target", "one", "--tag", "parts:1", folder]);
      assert.equal(await docker.run(["run", "--rm", "parts:1", "cat", "/word", "/length"]), "said\n6");
      await docker.run(["rmi", "parts:1"]);
    },
  },
  {
    name: "a failing build says why and fails",
    async run({ docker, image }) {
      const stdin = `FROM ${image}\nRUN echo before; exit 17\n`;
      const { code, stderr } = await docker.attempt(["build", "--no-cache", "--progress", "plain", "-"], {
        stdin,
      });
      assert.equal(code, 1);
      assert.match(stderr, /before/);
      assert.match(stderr, /exit code: 17/);
    },
  },
  {
    name: "a build that is interrupted ends on the engine too",
    async run({ docker, image, folder }) {
      await Deno.writeTextFile(join(folder, "Dockerfile"), `FROM ${image}\nRUN echo begun; sleep 1000\n`);
      await using build = docker.start(["build", "--no-cache", "--progress", "plain", folder]);
      await build.waitFor(/\d begun/);
      build.kill("SIGINT");
      assert.notEqual((await build.ended()).code, 0);
    },
  },
  {
    name: "the classic builder builds",
    async run({ docker, image, folder }) {
      await Deno.writeTextFile(
        join(folder, "Dockerfile"),
        `FROM ${image}\nCOPY page /page\nRUN cat /page > /copy\n`,
      );
      await Deno.writeTextFile(join(folder, "page"), "classic\n");
      await docker.run(["build", "--tag", "classic:1", folder], { env: { DOCKER_BUILDKIT: "0" } });
      assert.equal(await docker.run(["run", "--rm", "classic:1", "cat", "/copy"]), "classic");
      await docker.run(["rmi", "classic:1"]);
    },
  },
  {
    name: "docker buildx build writes its result to a local folder, out of the cache the second time",
    async run({ docker, image, folder }) {
      const dockerfile = `FROM ${image} AS make\nRUN head -c 5000000 /dev/urandom > /blob\n` +
        "FROM scratch\nCOPY --from=make /blob /blob\n";
      await Deno.writeTextFile(join(folder, "Dockerfile"), dockerfile);
      for (const output of ["one", "two"]) {
        await docker.run(["buildx", "build", "--output", `type=local,dest=${join(folder, output)}`, folder]);
      }
      await docker.shell("cmp one/blob two/blob && test $(wc -c < one/blob) = 5000000", { cwd: folder });
    },
  },
  {
    name: "docker buildx bake builds two targets",
    async run({ docker, image, folder }) {
      await Deno.writeTextFile(
        join(folder, "Dockerfile"),
        `FROM ${image}\nARG NAME\nRUN echo $NAME > /name\n`,
      );
      const target = (name: string) => ({ context: ".", args: { NAME: name }, tags: [`baked-${name}:1`] });
      const file = {
        group: { default: { targets: ["a", "b"] } },
        target: { a: target("a"), b: target("b") },
      };
      await Deno.writeTextFile(join(folder, "docker-bake.json"), JSON.stringify(file));
      await docker.shell("docker buildx bake --file docker-bake.json", { cwd: folder });
      assert.equal(await docker.run(["run", "--rm", "baked-b:1", "cat", "/name"]), "b");
      await docker.run(["rmi", "baked-a:1", "baked-b:1"]);
    },
  },
];

async function writeContext(folder: string, dockerfile: string): Promise<void> {
  await Deno.mkdir(join(folder, "files"));
  await Deno.writeTextFile(join(folder, "Dockerfile"), dockerfile);
  for (let index = 0; index < CONTEXT_FILES; index++) {
    if (index % 100 === 0) await Deno.mkdir(join(folder, "files", String(index / 100)));
    Deno.writeTextFileSync(
      join(folder, "files", String(Math.floor(index / 100)), String(index)),
      `file ${index}\n`,
    );
  }
}
