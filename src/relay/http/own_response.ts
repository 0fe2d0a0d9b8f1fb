import type { Refusal } from "./refusal.ts";

const TEXT_ENCODER = new TextEncoder();

/** Tells a client to send its body. */
export const CONTINUE_RESPONSE = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");

/**
 * The answer to a request that cannot reach the engine, in the form that every Docker client shows to its user.
 * The connection ends with it.
 *
 * @param state Why: a lower-case clause, no final period.
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
 * @param closes Whether the connection ends with it; otherwise the next request may follow.
 */
export function refusedResponse({ status, message }: Refusal, closes: boolean): Uint8Array {
  const { head, body } = response(status, message, closes);
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
