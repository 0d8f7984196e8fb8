import type { Metadata } from "next";
import { Suspense } from "react";
import { KeyForm } from "@/features/sign-in/key-form";
import { en } from "@/strings/en";

export const metadata: Metadata = { title: en.session.title };

export default function Page() {
  return (
    <Suspense>
      <KeyForm />
    </Suspense>
  );
}
