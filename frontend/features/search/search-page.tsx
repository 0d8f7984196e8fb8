"use client";
import { useSearchParams } from "next/navigation";
import { MeetingsPage } from "@/features/meetings/meetings-page";

export function SearchPage() {
  const q = useSearchParams().get("q") ?? "";
  return <MeetingsPage key={q} />;
}
