import { errorText } from "../../errors/error_text.ts";
import type { Log } from "../../logging/log.ts";
import type { Duplex } from "../../streams/duplex.ts";
import { exchangeHttp } from "../../streams/http_exchange.ts";
import type { ChangeContainer } from "../paths/request_rewriter.ts";
import { addCertificates, type ImageConfiguration, imageOfContainer } from "./add_certificates.ts";

/** dockerd answers in milliseconds; a container does not wait longer to learn what its image has set. */
const IMAGE_MILLISECONDS = 3_000;
/** Descriptions have some KB. */
const IMAGE_BYTES = 1024 * 1024;

const UNKNOWN: ImageConfiguration = { environment: [], labels: {}, volumes: [] };

/** What new containers get their certificates with. */
export interface ContainerCertificatesOptions {
  /** The setting `network.containerCertificates`; asked for each container. */
  readonly isOn: () => boolean;
  /** A fresh connection to dockerd. */
  readonly connect: (signal: AbortSignal) => Promise<Duplex>;
  readonly log: Log;
}

/** Gives new containers the certificates that the machine trusts, if they are to have them. */
export function containerCertificates(options: ContainerCertificatesOptions): ChangeContainer {
  return (body, signal) => {
    if (!options.isOn()) return body;
    const image = imageOfContainer(body);
    if (image === "") return body;
    return describeImage(image, options, signal).then((configuration) =>
      addCertificates(body, configuration)
    );
  };
}

/** An image that is not here yet has nothing set: dockerd refuses the container, whose client pulls it and asks again. */
async function describeImage(
  image: string,
  { connect, log }: ContainerCertificatesOptions,
  signal: AbortSignal,
): Promise<ImageConfiguration> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(IMAGE_MILLISECONDS)]);
    using connection = await connect(limit);
    const path = `/images/${encodeURIComponent(image)}/json`;
    const { status, body } = await exchangeHttp(connection, {
      method: "GET",
      path,
      maximumBytes: IMAGE_BYTES,
      signal: limit,
    });
    return status === 200 ? parseImage(body) : UNKNOWN;
  } catch (error) {
    signal.throwIfAborted();
    log("debug", "relay.image.unknown", { image, reason: errorText(error) });
    return UNKNOWN;
  }
}

/** What dockerd's description of an image says. Pure. */
export function parseImage(body: string): ImageConfiguration {
  const { Config } = JSON.parse(body) as {
    readonly Config?: {
      readonly Env?: readonly string[] | null;
      readonly Labels?: Record<string, string> | null;
      readonly Volumes?: Record<string, unknown> | null;
    } | null;
  };
  return {
    environment: Config?.Env ?? [],
    labels: Config?.Labels ?? {},
    volumes: Object.keys(Config?.Volumes ?? {}),
  };
}
