import { ApiError } from "@/lib/api/client";
import { en } from "@/strings/en";
import { Button } from "./button";
import { Notice } from "./notice";

/** A request that failed: what happened in words, and another try where that can help. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const known = error instanceof ApiError ? error : null;
  return (
    <Notice title={en.errors.title} text={known?.message ?? en.errors.crashed} tone="danger" role="alert">
      {onRetry && (
        <Button variant="primary" onClick={onRetry}>
          {en.errors.retry}
        </Button>
      )}
      {known?.requestId && <p>{en.errors.requestId(known.requestId)}</p>}
    </Notice>
  );
}
