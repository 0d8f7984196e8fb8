"use client";
import { Button } from "@/features/ui/button";
import { Notice } from "@/features/ui/notice";
import { en } from "@/strings/en";

export default function Broken({ reset }: { error: Error; reset: () => void }) {
  return (
    <Notice title={en.errors.title} text={en.errors.crashed} tone="danger" role="alert">
      <Button variant="primary" onClick={reset}>
        {en.errors.retry}
      </Button>
      <Button onClick={() => window.location.reload()}>{en.errors.reload}</Button>
    </Notice>
  );
}
