"use client";
import { useRouter, useSearchParams } from "next/navigation";
import type { FormEvent } from "react";
import { Icon } from "@/features/ui/icon";
import { en } from "@/strings/en";
import styles from "./shell.module.css";

/** A form, so that it also works with the Enter key alone, and before scripts have started. */
export function SearchBox() {
  const router = useRouter();
  const q = useSearchParams().get("q") ?? "";

  function search(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("q") ?? "").trim();
    if (text) router.push(`/search/?q=${encodeURIComponent(text)}`);
  }

  return (
    <form role="search" action="/search/" className={styles.search} onSubmit={search}>
      <Icon name="search" />
      <input
        key={q}
        type="search"
        name="q"
        defaultValue={q}
        maxLength={200}
        aria-label={en.nav.search}
        placeholder={en.nav.searchPlaceholder}
      />
    </form>
  );
}
