"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { en } from "@/strings/en";
import styles from "./shell.module.css";

const places = [
  { href: "/", text: en.nav.start },
  { href: "/meetings/", text: en.nav.meetings },
] as const;

export function Nav() {
  const path = usePathname();
  return (
    <nav className={styles.nav} aria-label={en.nav.label}>
      {places.map(({ href, text }) => (
        <Link key={href} href={href} aria-current={path === href || `${path}/` === href ? "page" : undefined}>
          {text}
        </Link>
      ))}
    </nav>
  );
}
