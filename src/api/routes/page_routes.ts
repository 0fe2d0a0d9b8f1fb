import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { json, newRouteGroup, PROBLEMS } from "../route_group.ts";
import { PageLink } from "../resources/page_links.ts";
import { statusPage } from "../status_page/status_page.ts";

export interface PageDependencies {
  /** A new address that opens the page once. */
  createPageLink(): string;
}

const link = createRoute({
  method: "post",
  path: "/v1/page-links",
  operationId: "createPageLink",
  summary: "Create an address that opens the status page in a browser, once and within a minute",
  responses: { 201: json(PageLink, "The address"), ...PROBLEMS },
});

/** `POST /v1/page-links`, and `GET /`, the page itself */
export function pageRoutes(dependencies: PageDependencies): OpenAPIHono {
  const group = newRouteGroup();
  group.get("/", () => statusPage());
  return group.openapi(link, (context) => context.json({ url: dependencies.createPageLink() }, 201));
}
