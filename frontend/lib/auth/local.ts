// `chip serve` on one's own machine: nobody signs in, unless the server has API_KEY. Then the sign-in page
// asks for the key once, and the server keeps the session in a cookie that scripts cannot read.
import { sessionSchema } from "@/lib/api/schemas";
import type { Auth } from "./index";

const PATH = "/api/session";

export const local: Auth = {
  signInNeeded() {
    const { pathname, search } = window.location;
    if (!pathname.startsWith("/sign-in")) window.location.assign(`/sign-in/?next=${encodeURIComponent(pathname + search)}`);
  },
  async isSignedIn() {
    const session = await readSession();
    return session !== null && session.required && session.signedIn;
  },
  async signOut() {
    await fetch(PATH, { method: "DELETE", credentials: "same-origin" });
    window.location.assign("/sign-in/");
  },
};

/** Null while the server does not answer. */
export async function readSession() {
  try {
    const response = await fetch(PATH, { credentials: "same-origin", cache: "no-store" });
    return sessionSchema.safeParse(await response.json()).data ?? null;
  } catch {
    return null;
  }
}

/** Null when signed in, else the answer's status; 0 without an answer. The key is kept nowhere. */
export async function signIn(key: string): Promise<number | null> {
  try {
    const headers = { Authorization: `Bearer ${key}` };
    const response = await fetch(PATH, { method: "POST", credentials: "same-origin", headers });
    return response.ok ? null : response.status;
  } catch {
    return 0;
  }
}

/** Where to go after signing in: a path of this app, never another site. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) && !next.startsWith("/sign-in") ? next : "/";
}
