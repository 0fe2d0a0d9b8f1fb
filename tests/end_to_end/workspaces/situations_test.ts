/** What real distros hold and real users do: leftovers of other products, volumes of folders, sockets, odd names. */
import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { oncePerFile } from "../../support/once_per_file.ts";
import { TEST_IMAGE } from "../../support/test_image.ts";
import { openUserDistro } from "../../support/user_distros/user_distro.ts";
import { openWorkspace, startWindlassWithImage } from "../../support/user_distros/workspace.ts";

/** A Node.js program that greets each client of a socket. */
const GREETER = "require('node:net').createServer((client) => client.end('hello from the distro\\n'))" +
  ".listen(process.argv[1], () => console.log('ready'))";

/** Reads what a socket sends, with the distro's Python. */
const READER = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); " +
  "print(s.recv(100).decode(), end='')";

const PROGRAMS = "-v /usr:/usr:ro -v /usr/lib:/lib:ro -v /usr/lib64:/lib64:ro";

const windlass = oncePerFile(startWindlassWithImage);

Deno.test("what a removed product has left in a distro neither hides our commands nor is removed with them", async () => {
  const instance = await windlass();
  await using distro = await openUserDistro(instance, "debian");
  const links = [
    "/usr/bin/docker",
    "/usr/bin/docker-compose",
    "/usr/local/lib/docker/cli-plugins/docker-buildx",
  ];
  const target = "/mnt/wsl/docker-desktop/cli-tools/usr/bin/docker";
  await distro.script(
    `mkdir -p /usr/local/lib/docker/cli-plugins; for link in ${
      links.join(" ")
    }; do ln -s ${target} $link; done`,
    { user: "root" },
  );
  await instance.run(["workspace", "enable", "debian"]);
  assert.equal(await distro.script("command -v docker"), "/usr/local/bin/docker");
  assert.notEqual(await distro.script("docker version --format '{{.Server.Version}}'"), "");
  await instance.run(["workspace", "disable", "debian"]);
  assert.equal(
    await distro.script("readlink /usr/bin/docker /usr/bin/docker-compose"),
    `${target}\n${target}`,
  );
});

Deno.test("a volume that is a folder of the distro has its files after every kind of start", async (test) => {
  const instance = await windlass();
  await using distro = await openWorkspace(instance, "debian");
  const device = "/home/me/data";
  await distro.script(`mkdir ${device}; echo kept > ${device}/file`);
  await distro.script(`docker volume create --opt type=none --opt o=bind --opt device=${device} data`);
  const id = await distro.script(`docker create --name reader -v data:/data ${TEST_IMAGE} cat /data/file`);
  const starts = {
    "by name": "docker start --attach reader",
    "by a short id": `docker start --attach ${id.slice(0, 7)}`,
    "by a restart": "docker restart reader && docker wait reader >/dev/null && docker logs --tail 1 reader",
  };
  for (const [name, start] of Object.entries(starts)) {
    await test.step(name, async () => assert.match(await distro.script(start), /(^|\n)kept$/));
  }
  await test.step("after wsl --shutdown", async () => {
    await instance.run(["wsl", "--shutdown"]);
    assert.equal(await eventually(() => distro.script("docker start --attach reader")), "kept");
  });
  await distro.script("docker rm --force reader; docker volume rm data");
});

Deno.test("sockets of a distro answer in containers, by their file and by their folder", async () => {
  await using distro = await openWorkspace(await windlass(), "debian");
  const path = "/tmp/agent/greeter.sock";
  await distro.script("mkdir -p /tmp/agent");
  await using greeter = distro.start(["/usr/bin/node", "-e", GREETER, path]);
  await eventually(() => assert.match(greeter.output, /ready/));
  for (
    const mount of [
      `-v ${path}:${path}`,
      `--mount type=bind,source=${path},target=${path}`,
      "-v /tmp/agent:/tmp/agent",
    ]
  ) {
    const run = `docker run --rm ${PROGRAMS} ${mount} ${TEST_IMAGE}`;
    assert.equal(
      await distro.script(`${run} /usr/bin/python3 -c "${READER}" ${path}`),
      "hello from the distro",
      mount,
    );
  }
});

Deno.test("the whole file tree, its large folders and the folder of the home can be mounted", async () => {
  await using distro = await openWorkspace(await windlass(), "debian");
  await distro.script("echo here > ~/file");
  const places = {
    "/": "/home/me/file",
    "/home": "/me/file",
    "/home/me/": "/file",
    "/home/../home/./me": "/file",
  };
  for (const [source, file] of Object.entries(places)) {
    const run = `docker run --rm -v ${source}:/seen:ro ${TEST_IMAGE} cat /seen${file}`;
    assert.equal(await distro.script(run), "here", source);
  }
});

Deno.test("files that a container writes belong to the ids that it wrote them with", async () => {
  await using distro = await openWorkspace(await windlass(), "debian");
  await distro.script("mkdir ~/owned");
  for (const user of ["0:0", "1000:1000", "4711:4712"]) {
    const write = `chmod 777 /owned 2>/dev/null; echo x > /owned/${user}`;
    await distro.script(`docker run --rm --user ${user} -v ~/owned:/owned ${TEST_IMAGE} sh -c '${write}'`);
  }
  assert.equal(await distro.script("stat --format '%u:%g' ~/owned/*"), "0:0\n1000:1000\n4711:4712");
});

Deno.test("a distro's name may have dots and dashes, and be the beginning of another one's", async () => {
  const instance = await windlass();
  await using one = await openWorkspace(instance, "busybox", "Ubuntu-24.04");
  await using other = await openWorkspace(instance, "busybox", "Ubuntu-24.04-old_1");
  for (const distro of [one, other]) {
    await distro.script('echo "$WSL_DISTRO_NAME" > ~/name');
    const run = `docker run --rm -v ~/name:/name ${TEST_IMAGE} cat /name`;
    assert.equal(await distro.script(run), distro.name);
  }
});

Deno.test("a distro that was imported again under its name is another one", async () => {
  const instance = await windlass();
  {
    await using distro = await openWorkspace(instance, "busybox", "again");
    await distro.script("docker version");
  }
  await using distro = await openUserDistro(instance, "debian", "again");
  await eventually(async () => {
    const found = JSON.parse(await instance.run(["workspace", "check", "again", "--json"]));
    assert.deepEqual(found.found.files.filter(({ state }: { state: string }) => state === "placed"), []);
  });
  await instance.run(["workspace", "enable", "again"]);
  await distro.script("docker version");
  await instance.run(["workspace", "disable", "again"]);
});
