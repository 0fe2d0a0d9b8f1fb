import type { RootfsImage } from "../../provisioning/distro_context.ts";
import {
  engineRootfsId,
  engineRootfsLength,
  engineRootfsStream,
  engineRootfsUnpackedLength,
} from "../../payload/engine_rootfs_stream.ts";
import type { Payload } from "../../payload/payload.ts";

/** The engine distro of a version, which must stay open while the image is read. */
export function engineImage(version: Payload): RootfsImage {
  return {
    id: engineRootfsId(version),
    unpackedBytes: engineRootfsUnpackedLength(version),
    open: () => {
      const totalBytes = engineRootfsLength(version);
      return Promise.resolve({ stream: engineRootfsStream(version), totalBytes });
    },
  };
}

/** The data distro as a version would begin it. */
export function dataImage(version: Payload): RootfsImage {
  const { id, rawLength, storedLength } = version.component("data-rootfs");
  return {
    id,
    unpackedBytes: rawLength,
    open: () => Promise.resolve({ stream: version.storedStream("data-rootfs"), totalBytes: storedLength }),
  };
}
