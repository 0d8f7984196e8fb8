import Link from "next/link";
import { type ReactNode, Suspense } from "react";
import { en } from "@/strings/en";
import { Nav } from "./nav";
import { SearchBox } from "./search-box";
import styles from "./shell.module.css";
import { ThemeSwitch } from "./theme-switch";

/** Header and main part of every page. */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <>
      <a href="#content" className={styles.skip}>
        {en.app.skip}
      </a>
      <header className={styles.header}>
        <div className={styles.bar}>
          <Link href="/" className={styles.brand} aria-label={en.app.home}>
            <Mark />
            <span>{en.app.name}</span>
          </Link>
          <Nav />
          <Suspense>
            <SearchBox />
          </Suspense>
          <ThemeSwitch />
        </div>
      </header>
      <main id="content" tabIndex={-1} className={styles.main}>
        {children}
      </main>
    </>
  );
}

function Mark() {
  return (
    <svg className={styles.mark} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" />
      <path d="M8 14v4M13.3 9.5v13M18.7 12v8M24 14.5v3" />
    </svg>
  );
}
