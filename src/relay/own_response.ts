const TEXT_ENCODER = new TextEncoder();

/**
 * The answer to a request that cannot reach the engine, in the form that every Docker client shows to its user.
 * The connection ends with it.
 *
 * @param state Why, as it ends a sentence: no capital letter needed, no final period.
 * @param bodiless Whether the request was `HEAD`, whose answer has no body.
 */
export function unavailableResponse(state: string, bodiless: boolean): Uint8Array {
  const { head, body } = response(
    "503 Service Unavailable",
    `Cannot reach the Docker engine: ${state}`,
    true,
  );
  return TEXT_ENCODER.encode(bodiless ? head : head + body);
}

/**
 * The answer to a request that must not reach the engine, in the same form.
 *
 * @param message A whole sentence without a final period.
 * @param closes Whether the connection ends with it; otherwise the next request may follow.
 */
export function refusedResponse(message: string, closes: boolean): Uint8Array {
  const { head, body } = response("400 Bad Request", message, closes);
  return TEXT_ENCODER.encode(head + body);
}

function response(status: string, message: string, closes: boolean): { head: string; body: string } {
  const body = `${JSON.stringify({ message })}\n`;
  const head = `HTTP/1.1 ${status}\r\n` +
    "Content-Type: application/json\r\n" +
    `Content-Length: ${TEXT_ENCODER.encode(body).length}\r\n` +
    `${closes ? "Connection: close\r\n" : ""}\r\n`;
  return { head, body };
}
