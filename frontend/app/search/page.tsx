import type { Metadata } from "next";
import { Suspense } from "react";
import { SearchPage } from "@/features/search/search-page";
import { en } from "@/strings/en";

export const metadata: Metadata = { title: en.search.title };

export default function Page() {
  return (
    <Suspense>
      <SearchPage />
    </Suspense>
  );
}
