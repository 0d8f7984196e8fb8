"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ApiError } from "@/lib/api/client";
import { UndoBar } from "@/features/meetings/undo-bar";
import { Announcer } from "./announcer";

/** What all pages share: the cache of answers, and the voice that tells screen readers what changed. */
export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            staleTime: 2000,
            retry: (failures, error) => failures < 2 && (!(error instanceof ApiError) || error.isTransient),
          },
        },
      }),
  );
  return (
    <QueryClientProvider client={client}>
      <Announcer>
        {children}
        <UndoBar />
      </Announcer>
    </QueryClientProvider>
  );
}
