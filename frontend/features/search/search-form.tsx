"use client";
import Link from "next/link";
import type { FormEvent } from "react";
import { Button } from "@/features/ui/button";
import { Icon } from "@/features/ui/icon";
import { en } from "@/strings/en";
import styles from "./search.module.css";
import { addressOf, readSearch, type Wanted } from "./search-address";

const t = en.search;

/** A form of its own right: it also works before scripts have started. */
export function SearchForm({ wanted, onSearch }: { wanted: Wanted; onSearch: (wanted: Wanted) => void }) {
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    onSearch(readSearch({ get: (name) => String(data.get(name) ?? "") }));
  }
  const isFiltered = Boolean(wanted.speaker || wanted.from || wanted.to);
  return (
    <form role="search" aria-label={t.label} action="/search/" className={styles.form} onSubmit={submit}>
      <label className={styles.words}>
        <span>{t.words}</span>
        <input type="search" name="q" defaultValue={wanted.q} maxLength={1000} placeholder={t.placeholder} required />
      </label>
      <label>
        <span>{t.speaker}</span>
        <input name="speaker" defaultValue={wanted.speaker} maxLength={200} placeholder={t.speakerPlaceholder} />
      </label>
      <label>
        <span>{t.from}</span>
        <input type="date" name="from" defaultValue={wanted.from} />
      </label>
      <label>
        <span>{t.to}</span>
        <input type="date" name="to" defaultValue={wanted.to} />
      </label>
      <div className={styles.submit}>
        <Button type="submit" variant="primary">
          <Icon name="search" size={16} />
          {t.submit}
        </Button>
        {isFiltered && <Link href={addressOf({ q: wanted.q })}>{t.clear}</Link>}
      </div>
    </form>
  );
}
