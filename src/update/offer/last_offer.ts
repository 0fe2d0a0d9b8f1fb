import type { UpdateStatus } from "../../api/resources/updates.ts";
import type { FoundOffer, Offer } from "./find_offer.ts";
import { noInstallText } from "./no_install_text.ts";

/** The answer of the last check, until something makes it obsolete. */
export class LastOffer {
  #found: FoundOffer | undefined;

  /** The release that is offered. */
  get offer(): Offer | undefined {
    return this.#found !== undefined && "offer" in this.#found ? this.#found.offer : undefined;
  }

  /** Why nothing is offered; `undefined` if something is, or nothing has been checked. */
  get noOffer(): string | undefined {
    return this.#found !== undefined && "noOffer" in this.#found ? this.#found.noOffer : undefined;
  }

  set(found: FoundOffer): void {
    this.#found = found;
  }

  /** Why this updater cannot install what is offered, as the end of a sentence; `undefined` if it can. */
  whyNotInstalled(status: Pick<UpdateStatus, "managedBy" | "offer">): string | undefined {
    return noInstallText(this.#found, status);
  }

  forget(): void {
    this.#found = undefined;
  }

  /** Forgets what is offered if its version is one of these. */
  refuse(isRefused: (version: string) => boolean): void {
    if (this.offer !== undefined && isRefused(this.offer.release.version)) this.#found = undefined;
  }
}
