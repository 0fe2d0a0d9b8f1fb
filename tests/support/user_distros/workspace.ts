import { openDockerClient } from "../docker_client.ts";
import { importTestImage } from "../test_image.ts";
import { type StartedWindlass, startWindlass, type WindlassInstance } from "../windlass_instance.ts";
import { openUserDistro, type UserDistro } from "./user_distro.ts";
import type { UserDistroKindName } from "./user_distro_kinds.ts";

/** A started Windlass whose engine has the test image. */
export async function startWindlassWithImage(): Promise<StartedWindlass> {
  await using owned = new AsyncDisposableStack();
  const instance = owned.use(await startWindlass());
  await using docker = await openDockerClient(instance.dockerHost);
  await importTestImage(docker);
  const stack = owned.move();
  return { ...instance, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Imports a distro of a kind, keeps it running as a user does who has a terminal open in it, and switches it on. */
export async function openWorkspace(
  instance: WindlassInstance,
  kind: UserDistroKindName,
  name: string = kind,
): Promise<UserDistro> {
  await using owned = new AsyncDisposableStack();
  const distro = owned.use(await openUserDistro(instance, kind, name));
  // Before it is switched on: a distro that stops in between is served some seconds after its next start.
  const terminal = owned.use(distro.start(["/bin/sh", "-c", "echo open; exec sleep infinity"]));
  await terminal.waitFor(/open/);
  await instance.run(["workspace", "enable", name]);
  const stack = owned.move();
  return { ...distro, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
