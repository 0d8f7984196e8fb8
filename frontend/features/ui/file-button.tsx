"use client";
import { type ReactNode, useRef } from "react";
import { Button, type ButtonProps } from "./button";

export interface FileButtonProps {
  onFiles: (files: File[]) => void;
  multiple?: boolean;
  variant?: ButtonProps["variant"];
  children: ReactNode;
}

/** A button that opens the system's dialog for recordings. */
export function FileButton({ onFiles, multiple = true, variant = "plain", children }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button variant={variant} onClick={() => input.current?.click()}>
        {children}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple={multiple}
        accept="audio/*,video/*,.mkv,.opus,.m4a,.amr,.wma,.caf,.aif,.aiff"
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = ""; // so that the same file can be chosen again
        }}
      />
    </>
  );
}
