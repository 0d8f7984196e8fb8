import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { local, safeNext } from "@/lib/auth/local";
import { type Asked, fakeApi, json, problem } from "@/lib/testing/fake-api";
import { KeyForm } from "./key-form";

vi.mock("next/navigation", () => ({ useSearchParams: () => new URLSearchParams("next=/meetings/?find=a") }));

let asked: Asked[];
const replace = vi.fn();
const assign = vi.fn();

beforeEach(() => {
  replace.mockReset();
  assign.mockReset();
  vi.spyOn(window.location, "replace").mockImplementation(replace);
  vi.spyOn(window.location, "assign").mockImplementation(assign);
  asked = fakeApi(({ method, headers }) => {
    if (method === "GET") return json({ required: true, signedIn: false, expiresAt: null });
    if (headers.Authorization !== "Bearer right") return problem(401, "unauthorized", "no");
    return json({ required: true, signedIn: true, expiresAt: null });
  });
});
afterEach(() => vi.unstubAllGlobals());

test("the right key leads back to where one was, and is kept nowhere", async () => {
  render(<KeyForm />);
  await userEvent.type(screen.getByLabelText("Key"), " right {Enter}");
  await waitFor(() => expect(replace).toHaveBeenCalledWith("/meetings/?find=a"));
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain("right");
});

test("a wrong key is told in words", async () => {
  render(<KeyForm />);
  await userEvent.type(screen.getByLabelText("Key"), "wrong{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("not this server's key");
  expect(replace).not.toHaveBeenCalled();
});

test("no key, or one that cannot be sent, asks nobody", async () => {
  render(<KeyForm />);
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  expect((await screen.findByRole("alert")).textContent).toContain("Type or paste");
  await userEvent.type(screen.getByLabelText("Key"), "ключ{Enter}");
  await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("not this server's key"));
  expect(asked.filter(({ method }) => method === "POST")).toEqual([]);
});

test("who needs no key goes on at once", async () => {
  fakeApi(() => json({ required: false, signedIn: true, expiresAt: null }));
  render(<KeyForm />);
  await waitFor(() => expect(replace).toHaveBeenCalledWith("/meetings/?find=a"));
});

test("after signing in one never lands on another site", () => {
  for (const next of ["https://evil.example", "//evil.example", "/\\evil.example", "/sign-in/?next=/", "", null])
    expect(safeNext(next)).toBe("/");
  expect(safeNext("/meeting/?id=1")).toBe("/meeting/?id=1");
});

test("a refused request leads to the sign-in page and remembers where one was", () => {
  local.signInNeeded();
  expect(assign).toHaveBeenCalledWith(expect.stringMatching(/^\/sign-in\/\?next=/));
});
