import * as z from "zod/mini";
import { en } from "@/strings/en";

const errorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.optional(z.record(z.string(), z.unknown())),
  }),
});

/** What went wrong with a request. `message` is a sentence for people, `code` is for programs. */
export class ApiError extends Error {
  constructor(
    /** HTTP status, or 0 when no answer came */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
    /** what to name when asking for help */
    readonly requestId: string | null = null,
    /** seconds the server wishes us to wait */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** Whether the same request may well succeed later. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** No answer: the server is away, or the network is. */
export function offline(): ApiError {
  return new ApiError(0, "unreachable", en.errors.unreachable);
}

/** An answer that the API does not document, as from a proxy in between. */
export function unexpected(status: number, requestId: string | null): ApiError {
  return new ApiError(status, "unexpected", en.errors.unexpected, {}, requestId);
}

export async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => "");
  return errorOfText(response.status, text, (name) => response.headers.get(name));
}

export function errorOfText(status: number, text: string, header: (name: string) => string | null): ApiError {
  const id = header("X-Request-Id");
  const wait = Number(header("Retry-After") ?? NaN);
  const body = errorBody.safeParse(parse(text));
  if (!body.success) return unexpected(status, id);
  const { code, message, details } = body.data.error;
  return new ApiError(status, code, message, details, id, Number.isFinite(wait) ? wait : null);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
