import type { SettingsFiles, SettingsPaths } from "../../src/settings/settings_files.ts";

/** Where the files in memory claim to be. */
export const MEMORY_PATHS: SettingsPaths = { settings: "/home/settings.json", policy: "/etc/policy.json" };

/** The files of the settings in memory, several stores may share them. */
export class MemorySettingsFiles implements SettingsFiles {
  settings: string | undefined;
  policy: string | undefined;
  /** What was set aside, oldest first. */
  readonly aside: string[] = [];
  writes = 0;
  /** Thrown by the next read of each. */
  failRead: { settings?: Error; policy?: Error } = {};
  #lastLock: Promise<void> = Promise.resolve();

  readSettings(): Promise<string | undefined> {
    return this.failRead.settings ? Promise.reject(this.failRead.settings) : Promise.resolve(this.settings);
  }

  readPolicy(): Promise<string | undefined> {
    return this.failRead.policy ? Promise.reject(this.failRead.policy) : Promise.resolve(this.policy);
  }

  writeSettings(text: string): Promise<void> {
    this.writes++;
    this.settings = text;
    return Promise.resolve();
  }

  setAside(): Promise<string | undefined> {
    if (this.settings === undefined) return Promise.resolve(undefined);
    this.aside.push(this.settings);
    this.settings = undefined;
    return Promise.resolve(`${MEMORY_PATHS.settings}.damaged-${this.aside.length}`);
  }

  async lock(): Promise<Disposable> {
    const before = this.#lastLock;
    const own = Promise.withResolvers<void>();
    this.#lastLock = own.promise;
    await before;
    return { [Symbol.dispose]: () => own.resolve() };
  }
}
