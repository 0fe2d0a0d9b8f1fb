import { z } from "zod";

/** The response of `POST /v1/page-links`. */
export interface PageLink {
  /** Opens the status page in a browser, once and within 60 s. */
  url: string;
}

export const PageLink: z.ZodType<PageLink> = z.object({
  url: z.url().describe("Opens the status page in a browser, once and within 60 s"),
}).meta({ id: "PageLink" });
