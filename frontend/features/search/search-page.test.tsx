import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { addressOf, momentAddress, readSearch } from "./search-address";
import { SearchPage } from "./search-page";

const address = vi.hoisted(() => ({ now: new URLSearchParams() }));
vi.mock("next/navigation", () => ({ useSearchParams: () => address.now, useRouter: () => ({ push: vi.fn() }) }));

const meeting = {
  jobId: "0b0f0a5e-0000-4000-8000-000000000001",
  title: "Launch",
  createdAt: "2026-03-03T10:00:00.000Z",
  durationMs: 61_000,
  total: 1,
  hits: [
    {
      kind: "segment",
      segment: 3,
      start: 12.3456,
      end: 15,
      speaker: { id: "S1", name: "<img src=x onerror=alert(1)>" },
      pieces: [
        { text: "the <b>budget</b> is ", match: false },
        { text: "closed", match: true },
      ],
      score: 1,
    },
  ],
};

let asked: string[] = [];

function show(query: string, answer: unknown, status = 200) {
  address.now = new URLSearchParams(query);
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return new Response(JSON.stringify(answer), { status });
  });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={client}>
      <SearchPage />
    </QueryClientProvider>,
  );
}

beforeEach(() => {
  asked = [];
});

test("a passage leads to its moment, with the words that were looked for marked", async () => {
  show("q=closed", { meetings: [meeting], next: null });
  const link = await screen.findByRole("link", { name: /closed/ });
  expect(link.getAttribute("href")).toMatch(new RegExp(`^/meeting/?\\?id=${meeting.jobId}&t=12346$`));
  expect(link.querySelector("mark")?.textContent).toBe("closed");
});

test("names and words are text, whatever is in them", async () => {
  const { container } = show("q=closed", { meetings: [meeting], next: null });
  await screen.findByText("<img src=x onerror=alert(1)>");
  expect(container.querySelector("img, b")).toBeNull();
});

test("speaker and dates of the address are asked for", async () => {
  show("q=a+b&speaker=Ann&from=2026-03-01&to=nonsense", { meetings: [], next: null });
  await screen.findByText(/Nothing found for “a b”/);
  expect(asked).toEqual(["/api/search?q=a+b&speaker=Ann&from=2026-03-01&hits=5"]);
});

test("without words nothing is asked for", () => {
  show("", {});
  expect(screen.getByText("What are you looking for?")).toBeTruthy();
  expect(asked).toEqual([]);
});

test("what the server refuses is said in its words", async () => {
  show("q=-", { error: { code: "invalid", message: "Name at least one word to look for." } }, 400);
  expect((await screen.findByRole("alert")).textContent).toContain("Name at least one word to look for.");
});

test("an address and its search are the same", () => {
  const wanted = { q: `"two weeks" & more`, speaker: "Zoë", from: "2026-01-02", to: "2026-02-03" };
  expect(readSearch(new URL(addressOf(wanted), "http://x").searchParams)).toEqual(wanted);
  expect(addressOf({ q: "" })).toBe("/search/");
  expect(momentAddress("a b", null)).toBe("/meeting/?id=a%20b");
});
