import type { Metadata } from "next";
import Link from "next/link";
import { Notice } from "@/features/ui/notice";
import { en } from "@/strings/en";

export const metadata: Metadata = { title: en.errors.notFoundTitle };

export default function NotFound() {
  return (
    <Notice title={en.errors.notFoundTitle} text={en.errors.notFound}>
      <Link href="/meetings/">{en.errors.toMeetings}</Link>
    </Notice>
  );
}
