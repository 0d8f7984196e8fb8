// Who uses the app. Pages know only this interface; which one it is, is settled when the app is built.
import { local } from "./local";

export interface Auth {
  /** A request was refused because nobody, or somebody unknown, asked: go to the sign-in page and come back. */
  signInNeeded(): void;
  /** Whether there is a session that one can end. */
  isSignedIn(): Promise<boolean>;
  /** Ends the session, where there is one. */
  signOut(): Promise<void>;
}

export const auth: Auth = local;
