import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(() => {
  if (typeof window === "undefined") return; // tests of scripts have no page
  cleanup();
  localStorage.clear();
  sessionStorage.clear();
});
