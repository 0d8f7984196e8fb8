// `chip serve` on one's own machine: nobody signs in, unless the server has API_KEY. Then the sign-in page
// asks for the key once, and the server keeps the session in a cookie that scripts cannot read.
import type { Auth } from "./index";

export const local: Auth = {
  signInNeeded() {
    const { pathname, search } = window.location;
    if (!pathname.startsWith("/sign-in")) window.location.assign(`/sign-in/?next=${encodeURIComponent(pathname + search)}`);
  },
  async signOut() {
    await fetch("/api/session", { method: "DELETE", credentials: "same-origin" });
    window.location.assign("/sign-in/");
  },
};

/** Where to go after signing in: a path of this app, never another site. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) && !next.startsWith("/sign-in") ? next : "/";
}
