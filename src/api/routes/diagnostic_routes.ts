import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { newRouteGroup, PROBLEMS } from "../route_group.ts";

export interface DiagnosticDependencies {
  /** The bytes of a zip file with everything that a bug report should contain. */
  diagnostics(): Promise<Uint8Array<ArrayBuffer>>;
}

const diagnostics = createRoute({
  method: "get",
  path: "/v1/diagnostics",
  operationId: "getDiagnostics",
  summary: "A zip file for a bug report: versions, status, settings and logs",
  description: "Passwords and tokens are removed. contents.txt lists the other files.",
  responses: {
    200: {
      description: "The zip file",
      content: { "application/zip": { schema: z.string().meta({ format: "binary" }) } },
    },
    ...PROBLEMS,
  },
});

/** `GET /v1/diagnostics` */
export function diagnosticRoutes(dependencies: DiagnosticDependencies): OpenAPIHono {
  return newRouteGroup().openapi(
    diagnostics,
    async (context) =>
      context.body(await dependencies.diagnostics(), 200, {
        "content-type": "application/zip",
        "content-disposition": 'attachment; filename="windlass-diagnostics.zip"',
      }),
  );
}
