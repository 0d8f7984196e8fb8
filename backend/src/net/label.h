/**
 * What may be said about a URL in messages and logs: signed URLs carry secrets in their query, and
 * sometimes in their path. Any thread.
 */
#pragma once

enum { CHIP_LABEL = 200 };

/** "storage.example.com", with ":8000" if it is not the usual port; "(no URL)". */
void chip_label_host(const char *url, char label[CHIP_LABEL]);

/** "storage.example.com/.../meeting.mp3": the host and the last part of the path. */
void chip_label_file(const char *url, char label[CHIP_LABEL]);
