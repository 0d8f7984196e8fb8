import type { ButtonHTMLAttributes, Ref } from "react";
import styles from "./button.module.css";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: "primary" | "plain" | "quiet" | "danger";
  size?: "normal" | "small";
  ref?: Ref<HTMLButtonElement>;
}

/** A button; `quiet` has no border, for rows of icons and secondary actions. */
export function Button({ variant = "plain", size = "normal", className, ...rest }: ButtonProps) {
  return <button type="button" {...rest} className={buttonClass(variant, size, className)} />;
}

/** The same looks for a link. */
export function buttonClass(
  variant: ButtonProps["variant"] = "plain",
  size: ButtonProps["size"] = "normal",
  more?: string,
): string {
  return [styles.button, styles[variant], size === "small" && styles.small, more].filter(Boolean).join(" ");
}
