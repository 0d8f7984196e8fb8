import type { Metadata } from "next";
import { Suspense } from "react";
import { MeetingsPage } from "@/features/meetings/meetings-page";
import { en } from "@/strings/en";

export const metadata: Metadata = { title: en.nav.meetings };

export default function Page() {
  return (
    <Suspense>
      <MeetingsPage />
    </Suspense>
  );
}
