const TEXT_ENCODER = new TextEncoder();

/**
 * The answer to a request that cannot reach the engine, in the form that every Docker client shows to its user.
 *
 * @param state Why, as it ends a sentence: no capital letter needed, no final period.
 * @param bodiless Whether the request was `HEAD`, whose answer has no body.
 */
export function unavailableResponse(state: string, bodiless: boolean): Uint8Array {
  const body = TEXT_ENCODER.encode(
    `${JSON.stringify({ message: `Cannot reach the Docker engine: ${state}` })}\n`,
  );
  const head = TEXT_ENCODER.encode(
    "HTTP/1.1 503 Service Unavailable\r\n" +
      "Content-Type: application/json\r\n" +
      `Content-Length: ${body.length}\r\n` +
      "Connection: close\r\n\r\n",
  );
  if (bodiless) return head;
  const response = new Uint8Array(head.length + body.length);
  response.set(head);
  response.set(body, head.length);
  return response;
}
