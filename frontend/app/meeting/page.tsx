import type { Metadata } from "next";
import { Suspense } from "react";
import { MeetingPage } from "@/features/meeting/meeting-page";
import { en } from "@/strings/en";

export const metadata: Metadata = { title: en.meeting.title };

// The meeting is named by ?id=, not by the path: the exported app is files, and a file for each meeting
// there cannot be.
export default function Page() {
  return (
    <Suspense>
      <MeetingPage />
    </Suspense>
  );
}
