-- Recordings in Supabase Storage: each user has a folder, and reaches nothing else.
BEGIN;
CREATE SCHEMA IF NOT EXISTS extensions;
CREATE EXTENSION IF NOT EXISTS pgtap WITH SCHEMA extensions;
SET LOCAL search_path = public, extensions;
SELECT plan(9);

CREATE FUNCTION pg_temp.as_user(user_id text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    PERFORM set_config('request.jwt.claims', jsonb_build_object('role', 'authenticated', 'sub', user_id)::text,
                       true), set_config('role', 'authenticated', true);
    EXECUTE statement;
    GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM set_config('role', 'none', true);
    RETURN n::text;
EXCEPTION WHEN insufficient_privilege THEN
    RETURN 'refused';
END $$;

INSERT INTO storage.objects (bucket_id, name) VALUES
    ('recordings', 'aaaaaaaa-1111-4111-8111-111111111111/talk.mp3'),
    ('recordings', 'talk.mp3');

SELECT is((SELECT public FROM storage.buckets WHERE id = 'recordings'), false, 'the bucket is private');
SELECT is(pg_temp.as_user('aaaaaaaa-1111-4111-8111-111111111111', 'SELECT FROM storage.objects'), '1',
          'A sees their own recording only');
SELECT is(pg_temp.as_user('bbbbbbbb-1111-4111-8111-111111111111', 'SELECT FROM storage.objects'), '0',
          'B sees none of A''s');
SELECT is(pg_temp.as_user('bbbbbbbb-1111-4111-8111-111111111111', 'DELETE FROM storage.objects'), '0',
          'B deletes none of A''s');
SELECT is(pg_temp.as_user('bbbbbbbb-1111-4111-8111-111111111111',
    'UPDATE storage.objects SET name = ''bbbbbbbb-1111-4111-8111-111111111111/mine.mp3'''), '0',
    'B takes none of A''s over');
SELECT is(pg_temp.as_user('bbbbbbbb-1111-4111-8111-111111111111',
    'INSERT INTO storage.objects (bucket_id, name)
     VALUES (''recordings'', ''aaaaaaaa-1111-4111-8111-111111111111/other.mp3'')'), 'refused',
    'B adds nothing to A''s folder');
SELECT is(pg_temp.as_user('bbbbbbbb-1111-4111-8111-111111111111',
    'INSERT INTO storage.objects (bucket_id, name)
     VALUES (''recordings'', ''bbbbbbbb-1111-4111-8111-111111111111/own.mp3'')'), '1',
    'B adds to their own folder');
SELECT is(pg_temp.as_user('bbbbbbbb-1111-4111-8111-111111111111',
    'UPDATE storage.objects SET name = ''aaaaaaaa-1111-4111-8111-111111111111/own.mp3'''), 'refused',
    'B moves nothing into A''s folder');
SELECT is(pg_temp.as_user('bbbbbbbb-1111-4111-8111-111111111111', 'DELETE FROM storage.objects'), '1',
          'B deletes their own');

SELECT * FROM finish();
ROLLBACK;
