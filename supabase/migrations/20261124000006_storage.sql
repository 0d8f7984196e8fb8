-- Where the web app puts recordings: the private bucket "recordings" of Supabase Storage. Each user
-- has a folder in it that is named by their id, and reaches nothing else. The service role passes
-- by policies, and signs the links that chip fetches from. Without Supabase there is no schema
-- "storage", and chip keeps recordings in its data folder.

DO $$
BEGIN
    IF to_regclass('storage.buckets') IS NULL OR to_regclass('storage.objects') IS NULL THEN
        RETURN;
    END IF;

    -- Sizes are limited by the project's own setting. A browser that does not know a format sends
    -- application/octet-stream.
    INSERT INTO storage.buckets (id, name, public, allowed_mime_types)
    VALUES ('recordings', 'recordings', false,
            ARRAY['audio/*', 'video/*', 'application/ogg', 'application/octet-stream'])
    ON CONFLICT (id) DO UPDATE SET public = false;

    CREATE POLICY "chip: users read their own recordings" ON storage.objects
        FOR SELECT TO authenticated USING (bucket_id = 'recordings'
            AND (storage.foldername(name))[1] = (SELECT auth.uid())::text);
    CREATE POLICY "chip: users add recordings to their folder" ON storage.objects
        FOR INSERT TO authenticated WITH CHECK (bucket_id = 'recordings'
            AND (storage.foldername(name))[1] = (SELECT auth.uid())::text);
    CREATE POLICY "chip: users replace their own recordings" ON storage.objects
        FOR UPDATE TO authenticated USING (bucket_id = 'recordings'
            AND (storage.foldername(name))[1] = (SELECT auth.uid())::text)
        WITH CHECK (bucket_id = 'recordings'
            AND (storage.foldername(name))[1] = (SELECT auth.uid())::text);
    CREATE POLICY "chip: users delete their own recordings" ON storage.objects
        FOR DELETE TO authenticated USING (bucket_id = 'recordings'
            AND (storage.foldername(name))[1] = (SELECT auth.uid())::text);
END $$;

INSERT INTO public.schema_migrations (version, name) VALUES (7, 'storage');
