import { BUILD_CASES } from "./build.ts";
import { COMPOSE_CASES } from "./compose.ts";
import { CONNECTION_CASES } from "./connections.ts";
import { COPY_CASES } from "./copy.ts";
import { DEV_CONTAINER_CASES } from "./dev_containers.ts";
import { DOCKERODE_CASES } from "./dockerode.ts";
import { IMAGE_CASES } from "./images.ts";
import { LIFE_CASES } from "./container_life.ts";
import { NETWORK_CASES } from "./networks.ts";
import { RUN_CASES } from "./run.ts";
import { STREAM_CASES } from "./streams.ts";
import { TERMINAL_CASES } from "./terminal.ts";
import { UPSTREAM_CASES } from "./upstream_end.ts";
import { VOLUME_CASES } from "./volumes.ts";
import type { ClientCase } from "../client_case.ts";

/** Every case, in the order in which they are run. */
export const CASES: readonly ClientCase[] = [
  ...RUN_CASES,
  ...TERMINAL_CASES,
  ...STREAM_CASES,
  ...LIFE_CASES,
  ...COPY_CASES,
  ...VOLUME_CASES,
  ...NETWORK_CASES,
  ...IMAGE_CASES,
  ...BUILD_CASES,
  ...COMPOSE_CASES,
  ...DEV_CONTAINER_CASES,
  ...DOCKERODE_CASES,
  ...CONNECTION_CASES,
  ...UPSTREAM_CASES,
];
