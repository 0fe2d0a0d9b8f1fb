import assert from "node:assert/strict";
import { requireLocalBundle, requireNoShare } from "./network_folders.ts";

const SHARES: readonly string[] = [
  "\\\\evil\\share",
  "//evil/share",
  "\\\\?\\UNC\\evil\\share",
  "/\\evil\\share",
  " \\\\evil\\share",
  "file://evil/share",
  "FILE://evil/share",
  "file:////evil/share",
  "file:\\\\evil\\share",
  "\\??\\UNC\\evil\\share",
  "pac:file://evil/proxy.pac",
  "pac:file:////evil/share/proxy.pac",
];

Deno.test("requireNoShare() refuses every form of a network folder", () => {
  for (const share of SHARES) {
    for (
      const changes of [
        { "update.url": share },
        { "update.mirrors": ["https://a.test/", share] },
        { "network.proxy": share },
      ]
    ) {
      assert.throws(() => requireNoShare(changes), {
        code: "WL_SETTING_INVALID",
        message: `Cannot set '${Object.keys(changes)[0]}' to '${share}': ` +
          "a network folder cannot be set while Windlass is running",
      });
    }
  }
});

Deno.test("requireNoShare() accepts addresses, local folders, and other settings", () => {
  for (
    const url of [
      "",
      "https://a.test/x",
      "/srv/channel",
      "C:\\channel",
      "file:///srv/x",
      "file://localhost/srv",
      null,
    ]
  ) {
    requireNoShare({ "network.proxy": "pac:file:///C:/proxy.pac" });
    requireNoShare({ "update.url": url, "update.mirrors": [url], "log.level": "\\\\x\\y" });
  }
});

Deno.test("requireLocalBundle() refuses a bundle in a network folder, and accepts a local one", () => {
  for (const share of SHARES) {
    assert.throws(() => requireLocalBundle(share), {
      code: "WL_UPDATE_BUNDLE_INVALID",
      message: `Cannot read the bundle '${share}': it is in a network folder`,
      remedy: "Copy the bundle to a local folder, and give the path of the copy.",
    });
  }
  for (const path of ["/media/usb/windlass.bundle", "C:\\windlass.bundle", "Z:/windlass.bundle"]) {
    requireLocalBundle(path);
  }
});
